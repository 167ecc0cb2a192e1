import { expect, it, vi } from 'vitest';
import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { PrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import { configSchema } from '../../src/config/schema.ts';
import { MendloopError } from '../../src/domain/failures.ts';
import { selfCheck } from '../../src/workers/self-check.ts';
import { clusterGuardId, type ClusterGuardView, GUARD_STATE_QUERY } from '../../src/contract/guards.ts';
import { useGuardServer } from '../support/guards/guard-server.ts';
import { withGuards } from '../support/guards/guard-world.ts';

const guardServer = useGuardServer();

const { guards: limits } = configSchema.parse({});
const answers = <T>(cluster: string, of: () => Promise<T>) => ({
  kubernetes: { cluster, get: of } as unknown as KubernetesClient,
  prometheus: { instantQuery: of } as unknown as PrometheusClient,
});

it('goes past the guard of the cluster and leaves nothing behind that counts', async () => {
  await withGuards(guardServer(), async ({ client, cluster, taskQueue }) => {
    const logger = { info: vi.fn(), warn: vi.fn() };
    const parts = { client, taskQueue, limits, logger, signal: new AbortController().signal };
    await selfCheck({ ...parts, ...answers(cluster, () => Promise.resolve()) });
    expect(logger.warn).not.toHaveBeenCalled();
    expect(logger.info).toHaveBeenCalledOnce();
    const guard = client.workflow.getHandle(clusterGuardId(cluster));
    await expect
      .poll(() => guard.query<ClusterGuardView>(GUARD_STATE_QUERY))
      .toMatchObject({ holders: [], queue: [], actionsInLastHour: 0 });
  });
}, 120_000);

it('names what does not answer, and ends when the worker does', async () => {
  const logger = { info: vi.fn(), warn: vi.fn() };
  const gone = () => Promise.reject(new MendloopError('KubernetesUnavailable', 'no answer'));
  const stopped = new AbortController();
  await withGuards(guardServer(), async ({ client, cluster }) => {
    // Nobody runs the guards of this queue.
    const parts = { client, taskQueue: 'nobody', limits, logger, signal: stopped.signal };
    const checked = selfCheck({ ...parts, ...answers(`${cluster}-x`, gone) });
    await expect.poll(() => logger.warn.mock.calls.length).toBe(2);
    stopped.abort(new Error('the worker stops'));
    await checked;
  });
  expect(logger.warn.mock.calls.map(([fields]) => (fields as { part: string }).part).sort()).toEqual([
    'kubernetes',
    'prometheus',
  ]);
  expect(logger.info).not.toHaveBeenCalled();
}, 120_000);
