import { describe, expect, it } from 'vitest';
import { inspectTarget } from '../../../src/clients/kubernetes/inspect-target.ts';
import { fakeCluster } from './fake-cluster.ts';

const OURS = 'mendloop-00000000000000aa-1';
const held = {
  'mendloop.dev/remediation': 'remediation/A/00000000000000aa/1',
  'mendloop.dev/baseline-replicas': '2',
  'mendloop.dev/intended-replicas': '5',
};

const owners = (field: string, managers: readonly string[]) =>
  managers.map((manager) => ({ manager, subresource: 'scale', fieldsV1: { 'f:spec': { [`f:${field}`]: {} } } }));

/** A workload of five replicas, set by the `managers`; with `autoscaler`, of which they set the minimum. */
function inspect(
  managers: readonly string[],
  { annotations = held, autoscaler = false }: { annotations?: Record<string, string>; autoscaler?: boolean } = {},
) {
  const metadata = { name: 'api', uid: 'uid', annotations };
  const scaler = {
    metadata: { name: 'api-scaler', managedFields: owners('minReplicas', managers) },
    spec: { minReplicas: 5, maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'api' } },
  };
  const { kubernetes } = fakeCluster({
    '/apis/apps/v1/namespaces/shop/deployments/api': {
      metadata: { ...metadata, managedFields: owners('replicas', autoscaler ? [OURS] : managers) },
      spec: { replicas: 5, template: { spec: { containers: [] } } },
    },
    '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers': { items: autoscaler ? [scaler] : [] },
  });
  return inspectTarget(kubernetes, { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' });
}

describe('where the lease of a held target was to end', () => {
  it('is what its mark says while the lever is its holder’s', async () => {
    expect(await inspect([OURS])).toMatchObject({ value: 5, heldBy: held['mendloop.dev/remediation'], leasedFrom: 2 });
  });

  it.each([
    ['a human has set it since', ['kubectl-scale']],
    ['another hand has applied the same value', [OURS, 'argocd']],
    ['another remediation has set it since', ['mendloop-00000000000000bb-2']],
    ['it is not known who set it', []],
  ])('is not told once %s', async (_what, managers) => {
    const snapshot = await inspect(managers);
    expect(snapshot).toMatchObject({ value: 5, heldBy: held['mendloop.dev/remediation'] });
    expect(snapshot).not.toHaveProperty('leasedFrom');
  });

  it('goes by who set the minimum of the autoscaler, where that is the lever', async () => {
    expect(await inspect([OURS], { autoscaler: true })).toMatchObject({
      lever: { kind: 'autoscaler', name: 'api-scaler', maxReplicas: 9 },
      value: 5,
      leasedFrom: 2,
    });
    expect(await inspect(['kubectl-edit'], { autoscaler: true })).not.toHaveProperty('leasedFrom');
  });

  it.each([
    ['no holder', { 'mendloop.dev/baseline-replicas': '2' }],
    ['no number', { ...held, 'mendloop.dev/baseline-replicas': 'two' }],
    ['no baseline', { 'mendloop.dev/remediation': held['mendloop.dev/remediation'] }],
  ])('is not told by marks with %s', async (_what, annotations) => {
    expect(await inspect([OURS], { annotations })).not.toHaveProperty('leasedFrom');
  });
});
