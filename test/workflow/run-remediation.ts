import { randomUUID } from 'node:crypto';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { TraceCalls } from '../../src/clients/temporal/trace-calls.ts';
import type { Alert } from '../../src/domain/alert/alert.ts';
import { remediationId } from '../../src/domain/alert/remediation-id.ts';
import type { RemediationResult, RemediationStatus } from '../../src/domain/remediation/remediation.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { workflowBundle } from '../../src/workers/workflow-bundle.ts';
import { ActivityTelemetry } from '../../src/workers/activity-telemetry.ts';
import { telemetrySinks } from '../../src/workers/telemetry-sinks.ts';
import { workflowSpanSink } from '../../src/workers/workflow-spans.ts';
import type { Tracing } from '../../src/telemetry/tracing/start-tracing.ts';
import { startSearchAttributes } from '../../src/contract/search-attributes.ts';
import type { MilestoneReached, RemediationEnded } from '../../src/workflows/tracing/sinks.ts';
import { type RemediationInput, STATUS_QUERY } from '../../src/contract/remediation.ts';
import type { OrderSigner } from '../../src/clients/orders/order-signer.ts';
import { Order } from '../../src/domain/orders/seal.ts';
import { anAlert } from '../support/alerts.ts';
import { unsigned } from '../support/orders.ts';
import type { FakeWorld } from './fake-world.ts';

/** Failures are what these tests are about: the SDK's words on each would hide a test's own. */
Runtime.install({ logger: new DefaultLogger('ERROR') });

export interface Running {
  readonly client: Client;
  readonly handle: WorkflowHandle;
  readonly alert: Alert;
  readonly taskQueue: string;
  readonly ended: RemediationEnded[];
  readonly milestones: MilestoneReached[];
  result(): Promise<RemediationResult>;
  status(): Promise<RemediationStatus>;
}

/** Starts one remediation in a fake world on a real Temporal server, and ends its worker afterwards. */
export async function runRemediation<T>(
  {
    address,
    world,
    tracing,
    input,
    sign = unsigned,
  }: {
    address: string;
    world: FakeWorld;
    tracing?: Tracing;
    input?: Partial<RemediationInput>;
    sign?: OrderSigner;
  },
  test: (running: Running) => Promise<T>,
): Promise<T> {
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection, interceptors: { workflow: [new TraceCalls()] } });
  const taskQueue = `test-${randomUUID()}`;
  const ended: RemediationEnded[] = [];
  const milestones: MilestoneReached[] = [];
  const { telemetry } = telemetrySinks({
    remediationEnded: ({ mode: _mode, ...event }) => ended.push(event),
    milestoneReached: (event) => milestones.push(event),
  });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: workflowBundle(packageRoot()),
    activities: world.activities,
    sinks: { telemetry, ...workflowSpanSink(tracing) },
    interceptors: { activity: [(context) => ({ inbound: new ActivityTelemetry(context) })] },
    // Heartbeats, and so cancellation, reach a waiting activity at once.
    maxHeartbeatThrottleInterval: 50,
    defaultHeartbeatThrottleInterval: 50,
  });
  const alert = anAlert();
  const { decision } = world;
  try {
    return await worker.runUntil(async () => {
      const workflowId = remediationId({
        ...{ cluster: 'default', alertName: alert.labels['alertname'] ?? '', fingerprint: alert.fingerprint },
        n: 1,
      });
      const said = { alert, cluster: 'default', ...(decision === undefined ? {} : { decision }), ...input };
      const handle = await client.workflow.start('remediation', {
        workflowId,
        taskQueue,
        args: [sign({ order: Order.Start, remediationId: workflowId, said })],
        typedSearchAttributes: startSearchAttributes(alert, decision),
      });
      return await test({
        client,
        handle,
        alert,
        taskQueue,
        ended,
        milestones,
        result: () => handle.result() as Promise<RemediationResult>,
        status: () => handle.query<RemediationStatus>(STATUS_QUERY),
      });
    });
  } finally {
    await connection.close();
  }
}
