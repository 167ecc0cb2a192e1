import { describe, expect, it } from 'vitest';
import { applyScale } from '../../../src/clients/kubernetes/apply-scale.ts';
import { releaseTarget } from '../../../src/clients/kubernetes/hold-target.ts';
import type { KubernetesFailure } from '../../../src/clients/kubernetes/kubernetes-failure.ts';
import { type LeverChange, leverMove } from '../../../src/clients/kubernetes/lever.ts';
import { restoreScale } from '../../../src/clients/kubernetes/restore-scale.ts';
import { answered, DENIED, FAILED_PATCH, INVALID } from './answers.ts';
import { fakeCluster } from './fake-cluster.ts';

const change: LeverChange = {
  remediationId: 'remediation/A/00000000000000aa/1',
  target: { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'shop-422' },
  uid: 'uid',
  lever: { kind: 'replicas' },
  from: 2,
  to: 5,
};
const release = {
  remediationId: change.remediationId,
  uid: change.uid,
  path: '/apis/apps/v1/namespaces/shop/deployments/shop-422',
};

/** A cluster where the target stands at a value of ours, and where every JSON Patch fails. */
function cluster(replicas: number, failure: KubernetesFailure) {
  const managedFields = [
    { manager: 'mendloop-00000000000000aa-1', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
  ];
  return fakeCluster(
    {
      '/apis/apps/v1/namespaces/shop/deployments/shop-422': {
        metadata: { uid: 'uid', managedFields },
        spec: { replicas },
      },
    },
    { jsonPatch: () => Promise.reject(failure) },
  ).kubernetes;
}

describe.each([
  ['a denial by an admission policy', DENIED],
  ['a value that is not valid', INVALID],
])('%s', (_what, answer) => {
  const refusal = { type: 'KubernetesInvalid', message: expect.stringContaining(answer.message ?? '') as string };

  it('is no change by another hand: it stays as it was said', async () => {
    await expect(applyScale(cluster(2, answered(answer)), change)).rejects.toMatchObject(refusal);
    await expect(restoreScale(cluster(5, answered(answer)), change)).rejects.toMatchObject(refusal);
    await expect(releaseTarget(cluster(5, answered(answer)), release)).rejects.toMatchObject(refusal);
  });
});

describe('a patch that did not apply', () => {
  it('to a target that stands as planned is tried again when the retry policy says', async () => {
    const again = { type: 'KubernetesThrottled', retryAfterMs: undefined };
    await expect(applyScale(cluster(2, answered(FAILED_PATCH)), change)).rejects.toMatchObject(again);
    await expect(restoreScale(cluster(5, answered(FAILED_PATCH)), change)).rejects.toMatchObject(again);
  });

  it('finds no marks to take off', async () => {
    await expect(releaseTarget(cluster(5, answered(FAILED_PATCH)), release)).resolves.toBeUndefined();
  });
});

describe('what is tested of a zero', () => {
  const tests = (overrides: Partial<LeverChange>) =>
    leverMove({ ...change, ...overrides }, { from: 0, to: 2 }).patch.filter(({ op }) => op === 'test');

  it('is that a Scale has nothing, and that an autoscaler has it', () => {
    expect(tests({})).toContainEqual({ op: 'test', path: '/spec', value: {} });
    expect(tests({ lever: { kind: 'autoscaler', name: 'scaler', maxReplicas: 9 } })).toEqual([
      { op: 'test', path: '/spec/minReplicas', value: 0 },
    ]);
  });
});

describe('a move from a value to itself', () => {
  const stay = { ...change, from: 5, to: 5 };

  it('is none: nothing is patched, and nothing counts as changed', async () => {
    await expect(applyScale(cluster(5, answered(DENIED)), stay)).resolves.toEqual({
      ...{ changed: false, before: 5, after: 5 },
    });
    await expect(applyScale(cluster(4, answered(DENIED)), stay)).rejects.toMatchObject({ type: 'TargetChanged' });
  });
});
