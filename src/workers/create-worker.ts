import {
  DefaultLogger,
  type InjectedSinks,
  makeTelemetryFilterString,
  type NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Activities } from '../activities/index.ts';
import type { Config } from '../config/schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { TelemetrySinks } from '../workflows/sinks.ts';

/** Activities at most this many times as many as workflow tasks: workflow tasks only compute. */
const WORKFLOW_TASKS = 40;

export interface WorkerParts {
  readonly settings: Config['temporal'];
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly workflowBundle: WorkflowBundleOption;
  readonly activities: Activities;
  readonly metrics: Metrics;
}

/** Routes the log of Temporal's SDK into ours. Call it once, before anything else of Temporal's is used. */
export function installRuntime(logger: Logger): void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      logger[levels[level]]({ component: 'temporal-sdk', ...meta }, message);
    }),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
    // The command decides what a signal means; it drains the API before the worker.
    shutdownSignals: [],
  });
}

/** The worker that runs remediations: workflows from the built bundle, activities as they were composed. */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  const { settings, connection, namespace, workflowBundle, activities, metrics } = parts;
  const sinks: InjectedSinks<TelemetrySinks> = {
    telemetry: {
      remediationEnded: { fn: (_info, event) => metrics.remediationEnded(event), callDuringReplay: false },
    },
  };
  return await Worker.create({
    connection,
    namespace,
    taskQueue: settings.taskQueue,
    workflowBundle,
    activities,
    sinks,
    maxConcurrentActivityTaskExecutions: settings.maxConcurrentActivities,
    maxConcurrentLocalActivityExecutions: settings.maxConcurrentActivities,
    maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
    shutdownGraceTime: settings.shutdownGraceSeconds * 1000,
    shutdownForceTime: (settings.shutdownGraceSeconds + 10) * 1000,
  });
}
