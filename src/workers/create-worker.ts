import {
  DefaultLogger,
  makeTelemetryFilterString,
  type NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Activities } from '../activities/index.ts';
import type { Config } from '../config/schema.ts';
import type { WorkerVersion } from '../config/worker-version.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing/start-tracing.ts';
import { ActivityTelemetry } from './activity-telemetry.ts';
import { telemetrySinks } from './telemetry-sinks.ts';
import { workflowSpanSink } from './workflow-spans.ts';

/** Activities at most this many times as many as workflow tasks: workflow tasks only compute. */
const WORKFLOW_TASKS = 40;

/**
 * Local activities side by side. Each has seconds (`FAST_READ`), which count from when it has its turn: of all that a storm
 * asks for at once most would not be done in that time, and each of those would be begun again, twice.
 */
const LOCAL_ACTIVITIES = 16;

export interface WorkerParts {
  readonly settings: Config['temporal'];
  readonly taskQueue: string;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly workflowBundle: WorkflowBundleOption;
  readonly activities: Activities;
  /** As which version it polls, and to which what it begins is pinned; absent: unversioned. */
  readonly version?: WorkerVersion | undefined;
  readonly metrics: Metrics;
  /** Undefined: no traces are exported. */
  readonly tracing?: Tracing | undefined;
}

export interface RuntimeParts {
  /** `host:port` on which the SDK shows its own metrics in Prometheus's format, below `/metrics`. Absent: nowhere. */
  readonly metricsAddress?: string;
}

/** Routes the log of Temporal's SDK into ours. Call it once, before anything else of Temporal's is used. */
export function installRuntime(logger: Logger, { metricsAddress }: RuntimeParts = {}): void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      logger[levels[level]]({ component: 'temporal-sdk', ...meta }, message);
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress === undefined ? {} : { metrics: sdkMetrics(metricsAddress) }),
    },
    // The command decides what a signal means; it drains the API before the worker.
    shutdownSignals: [],
  });
}

/** Named as Prometheus's conventions want it, so that they can stand beside ours. */
function sdkMetrics(bindAddress: string) {
  return { prometheus: { bindAddress, unitSuffix: true, useSecondsForDurations: true }, attachServiceName: false };
}

/** What makes a worker's work seen. The interceptors of workflows are in their bundle. */
function telemetryOf({ metrics, tracing }: WorkerParts): Pick<WorkerOptions, 'sinks' | 'interceptors'> {
  return {
    sinks: { ...telemetrySinks(metrics), ...workflowSpanSink(tracing) },
    interceptors: { activity: [(context) => ({ inbound: new ActivityTelemetry(context) })] },
  };
}

/**
 * Each workflow ends on the version that it began on: a remediation lasts for hours at most, and what it decides by must
 * not change under it.
 */
function versioningOf({ version }: WorkerParts): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (version === undefined) return {};
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } };
}

/** The worker that runs remediations: workflows from the built bundle, activities as they were composed. */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  const { settings, taskQueue, connection, namespace, workflowBundle, activities } = parts;
  return await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    ...versioningOf(parts),
    ...telemetryOf(parts),
    maxConcurrentActivityTaskExecutions: settings.maxConcurrentActivities,
    maxConcurrentLocalActivityExecutions: Math.min(LOCAL_ACTIVITIES, settings.maxConcurrentActivities),
    maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
    shutdownGraceTime: settings.shutdownGraceSeconds * 1000,
    shutdownForceTime: (settings.shutdownGraceSeconds + 10) * 1000,
  });
}
