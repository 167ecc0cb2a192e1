import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../dev/stack/index.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { samplesOf } from '../../src/telemetry/metrics/samples.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { installRuntime } from '../../src/workers/create-worker.ts';
import { Builds } from './builds.ts';

const metricsAddress = `127.0.0.1:${await freePort()}`;
installRuntime(createLogger({ level: 'error' }, { destination: { write: () => undefined } }), { metricsAddress });
const metrics = createMetrics({ sdkMetricsUrl: `http://${metricsAddress}/metrics` });

// Workers of several builds, one after the other.
vi.setConfig({ testTimeout: 240_000 });

let builds: Builds;
beforeAll(async () => {
  builds = await Builds.open('task-failures');
});
afterAll(() => builds.close());

/** What a scrape shows of one metric, those at zero left out. */
async function shown(name: string): Promise<Record<string, string>[]> {
  const { body } = await metrics.scrape();
  return samplesOf(body, name)
    .filter(({ value }) => value > 0)
    .map(({ labels }) => labels);
}

const FAILURES = 'mendloop_workflow_task_failures_total';

describe('/metrics of a worker', () => {
  it('counts workflow tasks that fail, by why: a build that decides otherwise than the one before', async () => {
    const { workflowId } = await builds.start();
    await builds.withWorker({ metrics }, async () => {
      await expect.poll(() => builds.stepOf(workflowId), { timeout: 60_000 }).toBe('awaiting_approval');
    });
    // On a machine that gives no processor for seconds a task may fail for other reasons.
    const decidesOtherwise = { workflow_type: 'remediation', reason: 'NonDeterminismError' };
    expect(await shown(FAILURES)).not.toContainEqual(decidesOtherwise);
    await builds.withWorker({ build: 'changed', metrics }, async () => {
      // Anything makes a worker look at it: a signal does.
      await builds.client.workflow.getHandle(workflowId).signal('wake', { kind: 'turn' });
      await expect.poll(() => shown(FAILURES), { timeout: 60_000 }).toContainEqual(decidesOtherwise);
    });
    // The one before goes on where it stood.
    await builds.withWorker({ metrics }, async () => {
      await expect.poll(() => builds.stepOf(workflowId), { timeout: 60_000 }).toBe('awaiting_approval');
    });
  });

  it('counts those of a workflow that the build does not have', async () => {
    await builds.start();
    await builds.withWorker({ build: 'fewer', metrics }, () =>
      expect
        .poll(() => shown(FAILURES), { timeout: 60_000 })
        .toContainEqual({ workflow_type: 'remediation', reason: 'WorkflowError' }),
    );
  });

  it('counts activities that the worker does not have', async () => {
    metrics.workerStarted({ buildId: 'b', activities: ['prepare'] });
    const unknown = () => shown('mendloop_unknown_activities_total');
    expect(await unknown()).toEqual([]);
    const { client, taskQueue } = builds;
    await builds.withWorker({ build: 'newer', metrics }, async () => {
      const handle = await client.workflow.start('newer', { taskQueue, workflowId: `newer/${taskQueue}` });
      await expect.poll(unknown, { timeout: 60_000 }).toEqual([{}]);
      await handle.terminate();
    });
  });
});
