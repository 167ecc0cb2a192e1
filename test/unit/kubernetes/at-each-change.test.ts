import { describe, expect, it } from 'vitest';
import { atEachChange } from '../../../src/clients/kubernetes/at-each-change.ts';
import type { KubernetesClient, WatchEvent } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { answered } from './answers.ts';
import { fakeCluster } from './fake-cluster.ts';

const looking = { path: '/pods', query: { labelSelector: 'app=api' }, atLeastEveryMs: 20 };

interface World {
  /** The answers to lists, one after the other; the last one for ever. */
  readonly lists: readonly (readonly string[] | Error)[];
  readonly watch?: KubernetesClient['watch'];
}

/** What a client sees that looks `times` times. */
async function seen({ lists, watch = silent }: World, times: number): Promise<(readonly string[])[]> {
  let asked = 0;
  const get = <T>() => {
    const answer = lists[Math.min(asked, lists.length - 1)]!;
    asked += 1;
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve({ metadata: { resourceVersion: `v${asked}` }, items: answer } as T);
  };
  const looks: (readonly string[])[] = [];
  const kubernetes: KubernetesClient = { ...fakeCluster().kubernetes, get, watch };
  for await (const items of atEachChange<string>(kubernetes, looking, new AbortController().signal)) {
    looks.push(items);
    if (looks.length === times) break;
  }
  return looks;
}

/** Hears nothing until it is ended. */
const silent: KubernetesClient['watch'] = async function* (_path, _query, signal) {
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
  yield* [];
};

function hearing(type: WatchEvent<unknown>['type'], heard: unknown[] = []): KubernetesClient['watch'] {
  return async function* <T>(path: string, query: Readonly<Record<string, string>>): AsyncGenerator<WatchEvent<T>> {
    heard.push([path, query]);
    await Promise.resolve();
    yield { type, object: {} as T };
  };
}

function failing(error: Error): KubernetesClient['watch'] {
  return async function* () {
    yield await Promise.reject(error);
  };
}

describe('looking at each change', () => {
  it('looks again when something was heard of, from where it had looked', async () => {
    const heard: unknown[] = [];
    expect(await seen({ lists: [['a'], ['b'], ['c']], watch: hearing('MODIFIED', heard) }, 3)).toEqual([
      ...[['a'], ['b'], ['c']],
    ]);
    expect(heard.slice(0, 2)).toEqual([
      ['/pods', { labelSelector: 'app=api', resourceVersion: 'v1' }],
      ['/pods', { labelSelector: 'app=api', resourceVersion: 'v2' }],
    ]);
  });

  it.each<[string, KubernetesClient['watch']]>([
    ['is silent', silent],
    ['ends at once', hearing('BOOKMARK')],
    ['begins at a version that is forgotten', hearing('ERROR')],
    ['breaks', failing(new Error('socket hang up'))],
    ['is refused as forgotten', failing(answered({ status: 410, reason: 'Expired' }))],
  ])('looks again all the same where the watch %s', async (_, watch) => {
    expect(await seen({ lists: [['a'], ['b']], watch }, 2)).toEqual([['a'], ['b']]);
  });

  it('asks again while the server is away or busy', async () => {
    const away = new MendloopError('KubernetesUnavailable', 'no answer');
    const busy = answered({ status: 429, reason: 'TooManyRequests' });
    expect(await seen({ lists: [away, busy, ['a']] }, 1)).toEqual([['a']]);
  });

  it('fails with what does not pass by waiting, of the list and of the watch', async () => {
    const forbidden = answered({ status: 403, reason: 'Forbidden' });
    await expect(seen({ lists: [forbidden] }, 1)).rejects.toBe(forbidden);
    await expect(seen({ lists: [['a']], watch: failing(forbidden) }, 2)).rejects.toBe(forbidden);
  });

  it('looks once where it is too late already, and then ends with the reason', async () => {
    const late = new Error('too late');
    const looks: unknown[] = [];
    const kubernetes: KubernetesClient = {
      ...fakeCluster().kubernetes,
      get: <T>() => Promise.resolve({ metadata: { resourceVersion: 'v1' }, items: ['a'] } as T),
      watch: silent,
    };
    const look = async () => {
      for await (const items of atEachChange(kubernetes, looking, AbortSignal.abort(late))) looks.push(items);
    };
    await expect(look()).rejects.toBe(late);
    expect(looks).toEqual([['a']]);
  });
});
