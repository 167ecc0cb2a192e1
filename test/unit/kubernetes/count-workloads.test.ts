import { expect, it } from 'vitest';
import { countWorkloads } from '../../../src/clients/kubernetes/count-workloads.ts';
import { answered } from './answers.ts';
import { fakeCluster } from './fake-cluster.ts';

const apps = '/apis/apps/v1/namespaces/shop';
const scope = { namespace: 'shop' };
const empty = { [`${apps}/statefulsets`]: { items: [] } };

it('counts what is listed, and what is said to remain', async () => {
  const { kubernetes } = fakeCluster({
    [`${apps}/deployments`]: { metadata: { remainingItemCount: 41 }, items: [{}] },
    [`${apps}/statefulsets`]: { items: [{}] },
  });
  expect(await countWorkloads(kubernetes, scope)).toBe(43);
  expect(
    await countWorkloads(fakeCluster({ ...empty, [`${apps}/deployments`]: { items: [] } }).kubernetes, scope),
  ).toBe(0);
});

it('counts the nodes of the cluster itself, which has no namespace', async () => {
  const { kubernetes } = fakeCluster({
    '/api/v1/nodes': { metadata: { remainingItemCount: 11 }, items: [{}] },
  });
  expect(await countWorkloads(kubernetes, { namespace: '' })).toBe(12);
});

it('takes not being allowed to count for one, and fails with any other failure', async () => {
  const refusing = (status: number) => ({
    ...fakeCluster(empty).kubernetes,
    get: () => Promise.reject(answered({ status })),
  });
  expect(await countWorkloads(refusing(403), scope)).toBe(1);
  await expect(countWorkloads(refusing(503), scope)).rejects.toMatchObject({ type: 'KubernetesUnavailable' });
});
