import { boundedLabel } from '../bounded-label.ts';
import type { MetricFactory } from './metric-factory.ts';
import { type Sample, samplesOf } from './samples.ts';

export interface WorkerMetrics {
  /** What this process takes work for. */
  workerStarted(worker: {
    readonly buildId: string;
    /** Worker Deployment of Temporal; absent: unversioned. */
    readonly deployment?: string | undefined;
    /** Types of activities that it has. */
    readonly activities: readonly string[];
  }): void;
  /** Whether ordinary starts go to a version of the deployment; undefined: not known at present, or unversioned. */
  currentVersionSet(isSet: boolean | undefined): void;
  /** What the SDK has counted in this process, as it shows it. */
  readonly readSdk: (text: string) => void;
}

/** The SDK's own counters, with the `_total` that they get here. */
const TASK_FAILURES = 'temporal_workflow_task_execution_failed_total';
const ACTIVITY_FAILURES = 'temporal_activity_execution_failed_total';

/** Why a workflow task fails, in the SDK's words. */
const REASONS = ['NonDeterminismError', 'WorkflowError', 'GrpcMessageTooLarge'] as const;
/** Types that this build has; further ones are those that it does not know. */
const WORKFLOWS = ['remediation', 'allClear', 'sweep', 'auditRetention'] as const;
const MAX_WORKFLOWS = 20;

export function workerMetrics(make: MetricFactory): WorkerMetrics {
  const info = make.gauge('mendloop_worker_info', 'The build that this process takes work for.', [
    'build_id',
    'deployment',
  ]);
  const current = make.gauge(
    'mendloop_worker_current_version',
    "1: ordinary starts go to a version of this worker's deployment. 0: to none, so that they wait.",
    [],
  );
  const failures = make.counter(
    'mendloop_workflow_task_failures_total',
    'Workflow tasks that failed in this process; each is tried again until it succeeds.',
    ['workflow_type', 'reason'],
  );
  const unknown = make.counter(
    'mendloop_unknown_activities_total',
    'Activities that this process was given and does not have: another version scheduled them.',
    [],
  );
  const workflowType = boundedLabel(MAX_WORKFLOWS);
  let known: ReadonlySet<string> | undefined;

  /** Rare, so there before the first one: it would be missing from every increase. */
  function begin(): void {
    failures.reset();
    for (const workflow_type of WORKFLOWS) {
      for (const reason of REASONS) failures.inc({ workflow_type: workflowType(workflow_type), reason }, 0);
    }
  }

  begin();
  return {
    workerStarted: ({ buildId, deployment = '', activities }) => {
      info.set({ build_id: buildId, deployment }, 1);
      known = new Set(activities);
    },
    currentVersionSet: (isSet) => {
      if (isSet === undefined) current.remove();
      else current.set(isSet ? 1 : 0);
    },
    readSdk: (text) => {
      begin();
      for (const { labels, value } of samplesOf(text, TASK_FAILURES)) {
        failures.inc({ workflow_type: workflowType(labels['workflow_type'] ?? ''), reason: reasonOf(labels) }, value);
      }
      const given = samplesOf(text, ACTIVITY_FAILURES);
      unknown.reset();
      unknown.inc(sum(given.filter(({ labels }) => known?.has(labels['activity_type'] ?? '') === false)));
    },
  };
}

function reasonOf(labels: Sample['labels']): (typeof REASONS)[number] {
  return REASONS.find((reason) => reason === labels['failure_reason']) ?? 'WorkflowError';
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((all, { value }) => all + value, 0);
}
