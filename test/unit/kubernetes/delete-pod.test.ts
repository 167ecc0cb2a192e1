import { describe, expect, it } from 'vitest';
import { type PodDeletion, previewDeletion, removePod, tellToGo } from '../../../src/clients/kubernetes/delete-pod.ts';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { answered } from './answers.ts';
import { fakeCluster } from './fake-cluster.ts';

const target = { cluster: 'default', namespace: 'shop', kind: 'Pod', name: 'api-1' };
const deletion: PodDeletion = { target, uid: 'u', remediationId: 'remediation/default/A/00000000000000aa/1' };
const mayGo = () => Promise.resolve();

const deletePod = (kubernetes: KubernetesClient, told: PodDeletion, may: () => Promise<void>) =>
  removePod(kubernetes, told, { mayGo: may, tell: (version) => tellToGo(kubernetes, told, version) });

interface Going {
  readonly deletionTimestamp: string;
  readonly deletionGracePeriodSeconds: number;
}

/** A Pod that changes with each look; what is asked of it, in order. */
function world({ going, remove }: { going?: Going; remove?: () => Promise<unknown> } = {}) {
  const asked: unknown[] = [];
  const intents = new Set<string>();
  let version = 0;
  const kubernetes: KubernetesClient = {
    ...fakeCluster().kubernetes,
    get: <T>(path: string) => {
      if (path.includes('/events/')) {
        const name = path.split('/').at(-1)!;
        return intents.has(name) ? Promise.resolve({} as T) : Promise.reject(answered({ status: 404 }));
      }
      version += 1;
      return Promise.resolve({ metadata: { uid: 'u', resourceVersion: `v${version}`, ...going } } as T);
    },
    create: (_path, body) => {
      const { name } = (body as { metadata: { name: string } }).metadata;
      if (intents.has(name)) return Promise.reject(answered({ status: 409 }));
      intents.add(name);
      asked.push('intent');
      return Promise.resolve();
    },
    remove: <T>(_path: string, options: object) => {
      asked.push(options);
      return (remove?.() ?? Promise.resolve({})) as Promise<T>;
    },
  };
  return { kubernetes, asked };
}

const options = (given: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...given });

describe('deleting one Pod', () => {
  it('writes the intent down first, and deletes the very version that it has seen', async () => {
    const { kubernetes, asked } = world();
    expect(await deletePod(kubernetes, { ...deletion, graceSeconds: 5 }, mayGo)).toBe('ours');
    expect(asked).toEqual([
      'intent',
      options({ preconditions: { uid: 'u', resourceVersion: 'v1' }, gracePeriodSeconds: 5 }),
    ]);
  });

  it('leaves it to a later attempt where the Pod keeps changing', async () => {
    const { kubernetes, asked } = world({ remove: () => Promise.reject(answered({ status: 409 })) });
    await expect(deletePod(kubernetes, deletion, mayGo)).rejects.toMatchObject({ type: 'KubernetesThrottled' });
    const versions = ['v1', 'v2', 'v3', 'v4'];
    expect(asked).toEqual([
      'intent',
      ...versions.map((resourceVersion) => options({ preconditions: { uid: 'u', resourceVersion } })),
    ]);
  });

  it('asks nothing of a Pod that may not go', async () => {
    const { kubernetes, asked } = world();
    const refusal = new Error('the last one');
    await expect(deletePod(kubernetes, deletion, () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(asked).toEqual([]);
  });

  it('makes one go by force that lingers, and once', async () => {
    const lingers = { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 };
    const first = world({ going: lingers });
    expect(await deletePod(first.kubernetes, { ...deletion, graceSeconds: 0 }, mayGo)).toBe('ours');
    expect(first.asked).toContainEqual(
      options({ preconditions: { uid: 'u', resourceVersion: 'v1' }, gracePeriodSeconds: 0 }),
    );
    const forced = world({ going: { ...lingers, deletionGracePeriodSeconds: 0 } });
    expect(await deletePod(forced.kubernetes, { ...deletion, graceSeconds: 0 }, mayGo)).toBe('others');
    expect(forced.asked).toEqual([]);
  });

  it('is previewed by options that hold beside a body, which those of the query do not', async () => {
    const { kubernetes, asked } = world();
    await previewDeletion(kubernetes, { target, uid: 'u', graceSeconds: 5 });
    expect(asked).toEqual([options({ preconditions: { uid: 'u' }, gracePeriodSeconds: 5, dryRun: ['All'] })]);
  });
});
