import { describe, expect, it } from 'vitest';
import { evictPod } from '../../../src/clients/kubernetes/evict-pod.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { answered } from './answers.ts';
import { fakeCluster } from './fake-cluster.ts';

const pod = { namespace: 'shop', name: 'api-1', uid: 'u' };

const budget = 'The disruption budget api needs 2 healthy pods and has 2 currently';

function evicting(create: (path: string, body: object, query?: object) => Promise<void>) {
  return evictPod({ ...fakeCluster().kubernetes, create }, { pod });
}

const refusedBy = (error: Error) => evicting(() => Promise.reject(error));

describe('evicting a Pod', () => {
  it('asks for the very Pod, by UID, with the time that the plan gives it', async () => {
    const asked: unknown[] = [];
    const create = (...call: unknown[]) => {
      asked.push(call);
      return Promise.resolve();
    };
    const kubernetes = { ...fakeCluster().kubernetes, create };
    expect(await evictPod(kubernetes, { pod, graceSeconds: 5, dryRun: true })).toEqual({ status: 'told' });
    expect(await evictPod(kubernetes, { pod })).toEqual({ status: 'told' });
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace: 'shop', name: 'api-1' } };
    const preconditions = { uid: 'u' };
    const path = '/api/v1/namespaces/shop/pods/api-1/eviction';
    expect(asked).toEqual([
      [path, { ...eviction, deleteOptions: { preconditions, gracePeriodSeconds: 5 } }, { dryRun: 'All' }],
      [path, { ...eviction, deleteOptions: { preconditions } }, {}],
    ]);
  });

  it.each([404, 409])('takes status %i for one that is not there any more', async (status) => {
    expect(await refusedBy(answered({ status }))).toEqual({ status: 'missed' });
  });

  it('says which budget holds it, and when to ask again', async () => {
    const details = { causes: [{ reason: 'DisruptionBudget', message: budget }] };
    const held = { status: 429, reason: 'TooManyRequests', message: 'Cannot evict pod', details };
    expect(await refusedBy(answered(held))).toEqual({ status: 'held', by: budget });
    expect(await refusedBy(answered({ ...held, retryAfter: '10' }))).toEqual({
      ...{ status: 'held', by: budget, retryAfterMs: 10_000 },
    });
  });

  it('is held while its namespace is being deleted, which takes it along', async () => {
    const details = { causes: [{ reason: 'NamespaceTerminating', message: 'x' }] };
    expect(await refusedBy(answered({ status: 403, reason: 'Forbidden', details }))).toMatchObject({ status: 'held' });
  });

  it('is refused for good where two budgets match it', async () => {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    await expect(refusedBy(answered({ status: 500, message }))).rejects.toMatchObject({
      ...{ type: 'DisruptionRefused', message: `Pod shop/api-1: ${message}` },
    });
  });

  it.each([
    [{ status: 429, reason: 'TooManyRequests', message: 'too many requests' }, 'KubernetesThrottled'],
    [{ status: 500, reason: 'InternalError', message: 'etcd is gone' }, 'KubernetesUnavailable'],
    [{ status: 403, reason: 'Forbidden', message: 'cannot create resource "pods/eviction"' }, 'KubernetesForbidden'],
  ])('fails with what else the API server says: %j', async (answer, type) => {
    await expect(refusedBy(answered(answer))).rejects.toMatchObject({ type });
  });

  it('fails where there was no answer', async () => {
    const lost = new MendloopError('KubernetesUnavailable', 'no answer');
    await expect(refusedBy(lost)).rejects.toBe(lost);
  });
});
