import { Undo } from '../../domain/actions/contract.ts';
import type { UndoResult } from '../../domain/actions/effects.ts';
import { ACTIONS } from '../../domain/actions/index.ts';
import type { Mode } from '../../domain/decision/mode.ts';
import { type Milestone, milestones } from '../../domain/remediation/milestone.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import type { Target } from '../../domain/target/target.ts';
import { boundedLabel, OTHER } from '../bounded-label.ts';
import type { MetricFactory } from './metric-factory.ts';

/** What became of one attempt to change, or to change back, a target. */
export type EffectResult = 'changed' | 'unchanged' | UndoResult['status'] | 'failed';

/** Remediations that have not ended, as Temporal's visibility store counts them. */
export interface RunningRemediations {
  /** On the way to their cure or their end. */
  readonly working: number;
  /** Cured, open until their alert resolves. */
  readonly watching: number;
  /** Of `working`: no outcome so long after the start that an operator should look. */
  readonly overdue: number;
}

export interface RemediationMetrics {
  remediationEnded(event: {
    /** Name of the plan's action; `none` where nothing was done. */
    readonly action: string;
    readonly outcome: Outcome;
    readonly seconds: number;
    /** Absent: no plan, so no mode. */
    readonly mode?: Mode | undefined;
  }): void;
  /** Seconds since the start of the alert. */
  milestoneReached(event: {
    readonly milestone: Milestone;
    readonly seconds: number;
    readonly traceId?: string | undefined;
  }): void;
  effect(event: {
    readonly action: string;
    readonly result: EffectResult;
    /** Absent: the change is not shown as one of its target. */
    readonly target?: Pick<Target, 'namespace' | 'kind' | 'name'>;
  }): void;
  /** Undefined: not known at present. */
  remediationsRunning(running: RunningRemediations | undefined): void;
}

/** What the label says where nothing was done. */
const NO_ACTION = 'none';
/** How a remediation that acted by itself, or after a yes, can end. */
const actedOutcomes = [Outcome.Remediated, Outcome.RolledBack, Outcome.Escalated, Outcome.Cancelled];
const effectResults = ['changed', 'unchanged', 'failed'] satisfies EffectResult[];
const undoResults = ['restored', 'left_alone'] satisfies EffectResult[];

/** Targets whose last change is shown; those that come when so many have been changed are not. */
const MAX_TARGETS = 200;

/** From a denied plan (under a second) to a watch that lasts hours. */
const remediationBuckets = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400];
/** Fine around the promise of 30 s from detection to action. */
const milestoneBuckets = [0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 900, 1800, 3600, 14_400, 86_400];

/** Bounded by the catalogue: what it does not know is a fault of ours, which must not grow without end. */
function actionLabel(name: string): string {
  return name === NO_ACTION || Object.hasOwn(ACTIONS, name) ? name : OTHER;
}

export function remediationMetrics(make: MetricFactory): RemediationMetrics {
  const ended = make.counter('mendloop_remediations_total', 'Remediations that ended.', ['action', 'outcome', 'mode']);
  const seconds = make.histogram({
    name: 'mendloop_remediation_seconds',
    help: 'Seconds from the start of a remediation to its end, the watch for the alert to resolve included.',
    labels: ['action', 'outcome'],
    buckets: remediationBuckets,
  });
  const reached = make.histogram({
    name: 'mendloop_alert_to_milestone_seconds',
    help: 'Seconds from the start of an alert until it was received, decided, acted on, verified as cured, resolved.',
    labels: ['milestone'],
    buckets: milestoneBuckets,
    present: milestones.map((milestone) => ({ milestone })),
  });
  const successes = make.counter('remediation_success_total', 'Remediations whose cure was proven.', ['action']);
  const effects = make.counter('mendloop_effects_total', 'Attempts to change a target.', ['action', 'result']);
  const changed = make.gauge(
    'mendloop_target_changed_timestamp_seconds',
    'When a target was last changed or put back, in seconds since the epoch; for the first 200 targets.',
    ['namespace', 'kind', 'name', 'action', 'result'],
  );
  const running = make.gauge('mendloop_remediations_running', 'Remediations that have not ended.', ['phase']);
  const overdue = make.gauge(
    'mendloop_remediations_overdue',
    'Remediations without an outcome half an hour after their start that wait for no human.',
    [],
  );
  const targets = boundedLabel(MAX_TARGETS);

  // What happens rarely has to be there before it happens: the first one would be missing from every increase.
  for (const { name: action, undo } of Object.values(ACTIONS)) {
    successes.inc({ action }, 0);
    for (const result of [...effectResults, ...(undo === Undo.None ? [] : undoResults)]) {
      effects.inc({ action, result }, 0);
    }
    for (const outcome of actedOutcomes) {
      for (const mode of ['auto', 'approve'] as const) ended.inc({ action, outcome, mode }, 0);
    }
  }

  return {
    remediationEnded: (event) => {
      const action = actionLabel(event.action);
      ended.inc({ action, outcome: event.outcome, mode: event.mode ?? 'none' });
      seconds({ action, outcome: event.outcome }, { seconds: event.seconds });
      if (event.outcome === Outcome.Remediated) successes.inc({ action });
    },
    milestoneReached: ({ milestone, ...value }) => reached({ milestone }, value),
    effect: ({ action: given, result, target }) => {
      const action = actionLabel(given);
      effects.inc({ action, result });
      if (target === undefined || (result !== 'changed' && result !== 'restored')) return;
      const { namespace, kind, name } = target;
      if (targets(`${namespace}/${kind}/${name}`) === OTHER) return;
      changed.set({ namespace, kind, name, action, result }, Date.now() / 1000);
    },
    remediationsRunning: (counts) => {
      if (counts === undefined) {
        running.reset();
        overdue.remove();
        return;
      }
      running.set({ phase: 'working' }, counts.working);
      running.set({ phase: 'watching' }, counts.watching);
      overdue.set(counts.overdue);
    },
  };
}
