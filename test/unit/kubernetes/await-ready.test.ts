import { describe, expect, it } from 'vitest';
import { awaitReady } from '../../../src/clients/kubernetes/await-ready.ts';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { failureOf } from '../../../src/clients/kubernetes/kubernetes-failure.ts';
import { fakeCluster } from './fake-cluster.ts';

const path = '/apis/apps/v1/namespaces/shop/deployments/api';
const target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' };

/** A Deployment of two that becomes ready while its first watch fails as given. */
function wait(broken: KubernetesClient['watch']) {
  const objects: Record<string, object> = { [path]: { metadata: { uid: 'uid' }, spec: { replicas: 2 } } };
  let watches = 0;
  const { kubernetes } = fakeCluster(objects, {
    watch: (...asked) => {
      watches += 1;
      objects[path] = {
        metadata: { uid: 'uid' },
        spec: { replicas: 2 },
        status: { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
      };
      return broken(...asked);
    },
  });
  const wanted = {
    target,
    uid: 'uid',
    replicas: 2,
    exact: true,
    deadlineAt: Date.now() + 10_000,
    act: { complaints: [] },
  };
  return { ready: awaitReady(kubernetes, wanted, new AbortController().signal), watches: () => watches };
}

/** A watch that the API server answers with no stream. */
function refused(status: number, reason: string): KubernetesClient['watch'] {
  // eslint-disable-next-line require-yield, @typescript-eslint/require-await -- it fails before its first event
  return async function* () {
    const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason, message: 'no', code: status });
    throw failureOf({ method: 'GET', what: path }, { status, body, retryAfter: null });
  };
}

describe('a watch from a version that is gone', () => {
  it('is opened anew when the answer to it says so', async () => {
    const { ready, watches } = wait(refused(410, 'Expired'));
    expect(await ready).toMatchObject({ readyReplicas: 2 });
    expect(watches()).toBe(1);
  });

  it('is opened anew when an event of it says so', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- a watch is asynchronous
    const { ready } = wait(async function* () {
      yield { type: 'ERROR' as const, object: { kind: 'Status', code: 410, reason: 'Expired' } as never };
    });
    expect(await ready).toMatchObject({ readyReplicas: 2 });
  });
});

it('gives up when the watch is refused for good', async () => {
  await expect(wait(refused(400, 'BadRequest')).ready).rejects.toMatchObject({ type: 'KubernetesInvalid' });
  await expect(wait(refused(403, 'Forbidden')).ready).rejects.toMatchObject({ type: 'KubernetesForbidden' });
});
