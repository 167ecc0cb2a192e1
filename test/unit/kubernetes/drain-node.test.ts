import { describe, expect, it } from 'vitest';
import { drainNode } from '../../../src/clients/kubernetes/drain-node.ts';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import type { DrainChange } from '../../../src/domain/actions/drain/change.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { answered } from './answers.ts';
import { fakeCluster } from './fake-cluster.ts';

const ID = 'remediation/default/A/00000000000000aa/1';
const target = { cluster: 'default', namespace: '', kind: 'Node', name: 'node-1' };
const change: DrainChange = {
  wasCordoned: false,
  rules: { force: false, deleteEmptyDirData: false, maxPods: 110 },
  pool: { minReadyNodes: 1, minReadyShare: 0.5 },
};

const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'api-7', uid: 'r', controller: true };
const aPod = (name: string) => ({ metadata: { namespace: 'shop', name, uid: name, ownerReferences: [controller] } });

/** A node with Pods, of which each goes at once when it is evicted; `refusals` come first. */
function world(names: readonly string[], refusals: Error[] = []) {
  const pods = new Map(names.map((name) => [name, aPod(name)]));
  const evicted: string[] = [];
  const annotations = { 'mendloop.dev/remediation': ID, 'mendloop.dev/drain': 'draining' };
  const kubernetes: KubernetesClient = {
    ...fakeCluster().kubernetes,
    get: <T>(path: string) =>
      Promise.resolve(
        (path === '/api/v1/pods'
          ? { metadata: { resourceVersion: '1' }, items: [...pods.values()] }
          : { metadata: { uid: 'n', annotations }, spec: { unschedulable: true } }) as T,
      ),
    create: (_path, body) => {
      const refusal = refusals.shift();
      if (refusal !== undefined) return Promise.reject(refusal);
      const { name } = (body as { metadata: { name: string } }).metadata;
      evicted.push(name);
      pods.delete(name);
      return Promise.resolve();
    },
    watch: async function* () {
      await Promise.resolve();
      yield* [];
    },
  };
  return { kubernetes, evicted };
}

const drain = (
  kubernetes: KubernetesClient,
  { seconds = 20, evictedBy, mayGoOn = true }: { seconds?: number; evictedBy?: string; mayGoOn?: boolean },
) =>
  drainNode(
    kubernetes,
    {
      ...{ target, uid: 'n', change, deadlineAt: Date.now() + seconds * 1000 },
      ...(evictedBy === undefined ? {} : { evictedBy }),
      mayGoOn: () => Promise.resolve(mayGoOn),
      requireUnprotected: () => Promise.resolve(),
    },
    new AbortController().signal,
  );

describe('evicting the Pods of a node', () => {
  it('goes on where the server is away or busy for a while', async () => {
    const away = new MendloopError('KubernetesUnavailable', 'no answer');
    const busy = answered({ status: 429, reason: 'TooManyRequests', message: 'too many requests' });
    const { kubernetes, evicted } = world(['a', 'b'], [away, busy]);
    expect(await drain(kubernetes, { evictedBy: ID })).toEqual({ stuck: [] });
    expect(evicted.toSorted()).toEqual(['a', 'b']);
  });

  it('fails with what does not pass by waiting', async () => {
    const forbidden = answered({ status: 403, reason: 'Forbidden', message: 'cannot create' });
    const { kubernetes } = world(['a'], [forbidden]);
    await expect(drain(kubernetes, { evictedBy: ID })).rejects.toBe(forbidden);
  });

  it('evicts none where the node is held by another remediation', async () => {
    const { kubernetes, evicted } = world(['a']);
    const other = 'remediation/default/B/00000000000000bb/1';
    await expect(drain(kubernetes, { evictedBy: other })).rejects.toMatchObject({
      ...{ type: 'TargetChanged', message: `Node node-1 is held by ${ID}: draining it has ended` },
    });
    expect(evicted).toEqual([]);
  });

  it('evicts none while changes are paused', async () => {
    const { kubernetes, evicted } = world(['a']);
    const paused = drain(kubernetes, { evictedBy: ID, seconds: 0.5, mayGoOn: false });
    await expect(paused).rejects.toMatchObject({ type: 'EffectTimedOut' });
    expect(evicted).toEqual([]);
  });

  it('only waits where nothing was started, and names as many as people read', async () => {
    const { kubernetes, evicted } = world(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    await expect(drain(kubernetes, { seconds: 0 })).rejects.toMatchObject({
      type: 'EffectTimedOut',
      message: 'Node node-1 still has shop/a, shop/b, shop/c, shop/d, shop/e and 2 more Pods',
    });
    expect(evicted).toEqual([]);
    expect(await drain(world([]).kubernetes, { seconds: -5 })).toEqual({ stuck: [] });
  });
});
