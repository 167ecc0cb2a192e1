import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { waitFor } from '../../../dev/stack/index.ts';
import { REMEDIATION_WORKFLOW, type RemediationResult, RESOLVED_SIGNAL } from '../../../src/contract/remediation.ts';

/** How one remediation went, from Temporal alone. */
export interface ObservedRemediation {
  readonly workflowId: string;
  /** When the webhook had made it durable; milliseconds since the epoch, the server's clock. */
  readonly startedAt: number;
  /** When the workflow heard that the alert had resolved, if it did. */
  readonly resolvedAt: number | undefined;
  readonly closedAt: number;
  readonly historyEvents: number;
  readonly result: RemediationResult;
}

/** One that Temporal lists. */
export interface StartedRemediation {
  readonly workflowId: string;
  /** Milliseconds since the epoch, the server's clock. */
  readonly startedAt: number;
  readonly isRunning: boolean;
}

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** Milliseconds since the epoch. */
function timeOf(event: HistoryEvent | undefined): number {
  const { seconds, nanos } = event?.eventTime ?? {};
  return Number(seconds ?? 0) * 1000 + Math.round((nanos ?? 0) / 1e6);
}

/** Finds the remediation of a run and reads its history. */
export class RemediationWatch {
  readonly #connection: Connection;
  readonly #client: Client;

  private constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#client = new Client({ connection, namespace });
  }

  static async connect(options: { readonly address: string; readonly namespace: string }): Promise<RemediationWatch> {
    return new RemediationWatch(await Connection.connect({ address: options.address }), options.namespace);
  }

  /** Whether a worker listens: before that, what it takes to start one would count as time to heal. */
  async hasWorker(taskQueue: string): Promise<boolean> {
    const { pollers } = await this.#connection.workflowService.describeTaskQueue({
      namespace: this.#client.options.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    return pollers.length > 0;
  }

  /** The first remediation there is; waits for it. */
  async first(timeoutMs: number, signal: AbortSignal): Promise<WorkflowHandle> {
    const found: string[] = [];
    await waitFor(
      async () => {
        const query = `WorkflowType = "${REMEDIATION_WORKFLOW}"`;
        for await (const { workflowId } of this.#client.workflow.list({ query })) found.push(workflowId);
        return found.length > 0;
      },
      { what: 'a remediation to start', timeoutMs, intervalMs: 200, signal },
    );
    return this.#client.workflow.getHandle(found.at(-1) ?? '');
  }

  /** All that were started since then (milliseconds since the epoch) for alerts of these names, oldest first. */
  async startedSince(since: number, alerts: readonly string[]): Promise<readonly StartedRemediation[]> {
    const names = alerts.map((name) => `"${name}"`).join(', ');
    const query = `WorkflowType = "${REMEDIATION_WORKFLOW}" AND MendloopAlert IN (${names}) AND StartTime >= "${new Date(since).toISOString()}"`;
    const found: StartedRemediation[] = [];
    for await (const { workflowId, startTime, status } of this.#client.workflow.list({ query })) {
      found.push({ workflowId, startedAt: startTime.getTime(), isRunning: status.name === 'RUNNING' });
    }
    return found.toSorted((one, other) => one.startedAt - other.startedAt);
  }

  handle(workflowId: string): WorkflowHandle {
    return this.#client.workflow.getHandle(workflowId);
  }

  /** Waits until it has ended. Rejects if it failed or was cancelled. */
  async outcome(handle: WorkflowHandle): Promise<ObservedRemediation> {
    const result = (await handle.result()) as RemediationResult;
    const events = (await handle.fetchHistory()).events ?? [];
    const signal = events.find(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName === RESOLVED_SIGNAL,
    );
    return {
      workflowId: handle.workflowId,
      startedAt: timeOf(events[0]),
      resolvedAt: signal === undefined ? undefined : timeOf(signal),
      closedAt: timeOf(events.at(-1)),
      historyEvents: events.length,
      result,
    };
  }

  async stop(): Promise<void> {
    await this.#connection.close();
  }
}
