import { randomUUID } from 'node:crypto';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { type InjectedSinks, NativeConnection, Worker } from '@temporalio/worker';
import type { Alert } from '../../src/domain/alert.ts';
import { remediationId } from '../../src/domain/remediation-id.ts';
import type { RemediationResult, RemediationStatus } from '../../src/domain/remediation.ts';
import { packageRoot } from '../../src/stack/package-root.ts';
import { workflowBundle } from '../../src/workers/workflow-bundle.ts';
import { alertSearchAttributes } from '../../src/workflows/search-attributes.ts';
import type { RemediationEnded, TelemetrySinks } from '../../src/workflows/sinks.ts';
import { STATUS_QUERY } from '../../src/workflows/contract.ts';
import { anAlert } from '../support/alerts.ts';
import type { FakeWorld } from './fake-world.ts';

export interface Running {
  readonly client: Client;
  readonly handle: WorkflowHandle;
  readonly alert: Alert;
  readonly ended: RemediationEnded[];
  result(): Promise<RemediationResult>;
  status(): Promise<RemediationStatus>;
}

/** Starts one remediation in a fake world on a real Temporal server, and ends its worker afterwards. */
export async function runRemediation<T>(
  { address, world }: { address: string; world: FakeWorld },
  test: (running: Running) => Promise<T>,
): Promise<T> {
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const taskQueue = `test-${randomUUID()}`;
  const ended: RemediationEnded[] = [];
  const sinks: InjectedSinks<TelemetrySinks> = {
    telemetry: {
      remediationEnded: {
        fn: (_info, event) => {
          ended.push(event);
        },
        callDuringReplay: false,
      },
    },
  };
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: workflowBundle(packageRoot()),
    activities: world.activities,
    sinks,
    // Heartbeats, and so cancellation, reach a waiting activity at once.
    maxHeartbeatThrottleInterval: 50,
    defaultHeartbeatThrottleInterval: 50,
  });
  const alert = anAlert();
  try {
    return await worker.runUntil(async () => {
      const handle = await client.workflow.start('remediation', {
        workflowId: remediationId(alert),
        taskQueue,
        args: [{ alert }],
        typedSearchAttributes: alertSearchAttributes(alert),
      });
      return await test({
        client,
        handle,
        alert,
        ended,
        result: () => handle.result() as Promise<RemediationResult>,
        status: () => handle.query<RemediationStatus>(STATUS_QUERY),
      });
    });
  } finally {
    await connection.close();
  }
}
