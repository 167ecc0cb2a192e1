import { expect, it } from 'vitest';
import { awaitObject } from '../../../src/clients/kubernetes/await-object.ts';
import type { KubernetesClient, WatchEvent } from '../../../src/clients/kubernetes/kubernetes-client.ts';

const target = { cluster: 'default', namespace: 'shop', kind: 'StatefulSet', name: 'db' };
const path = '/apis/apps/v1/namespaces/shop/statefulsets';

/** An API server whose object never changes: its watch says nothing until it is ended. */
function quietServer(): { readonly kubernetes: KubernetesClient; readonly reads: () => number } {
  let reads = 0;
  const kubernetes = {
    get: () => {
      reads += 1;
      return Promise.resolve({ metadata: { resourceVersion: '1' } });
    },
    async *watch(_path: string, _query: object, signal: AbortSignal): AsyncGenerator<WatchEvent<never>> {
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      yield* [];
    },
  };
  return { kubernetes: kubernetes as unknown as KubernetesClient, reads: () => reads };
}

it('an object that does not change is looked at again where its changes do not tell enough', async () => {
  const { kubernetes, reads } = quietServer();
  const signal = new AbortController().signal;
  const awaited = { target, path: `${path}/db`, collection: path, deadlineAt: Date.now() + 20_000, atLeastEveryMs: 10 };
  const look = () =>
    reads() < 3 ? { done: false as const, detail: 'a Pod is stuck' } : { done: true, result: 'ready' };
  expect(await awaitObject(kubernetes, awaited, { look: look as never, signal })).toBe('ready');
});

it('and otherwise once, until its watch tells of a change', async () => {
  const { kubernetes, reads } = quietServer();
  const signal = new AbortController().signal;
  const awaited = { target, path: `${path}/db`, collection: path, deadlineAt: Date.now() + 500 };
  const look = () => ({ done: false as const, detail: 'a Pod is stuck' });
  await expect(awaitObject(kubernetes, awaited, { look, signal })).rejects.toMatchObject({ type: 'EffectTimedOut' });
  expect(reads()).toBe(1);
});
