import { describe, expect, it } from 'vitest';
import { holdTarget } from '../../../src/clients/kubernetes/hold-target.ts';
import type { ScaleChange } from '../../../src/domain/actions/effects.ts';
import { fakeCluster } from './fake-cluster.ts';

const change: ScaleChange = {
  remediationId: 'remediation/A/00000000000000aa/1',
  target: { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' },
  uid: 'uid',
  lever: { kind: 'replicas' },
  from: 2,
  to: 5,
};

async function marks(overrides: Partial<ScaleChange>) {
  const { kubernetes, merged } = fakeCluster();
  await holdTarget(kubernetes, { ...change, ...overrides });
  return merged;
}

describe('the marks of a target', () => {
  it('say by whom it is held, from where it came and to where it goes, under a name for all remediations', async () => {
    const annotations = {
      'mendloop.dev/remediation': change.remediationId,
      'mendloop.dev/baseline-replicas': '2',
      'mendloop.dev/intended-replicas': '5',
    };
    expect(await marks({})).toEqual([
      {
        path: '/apis/apps/v1/namespaces/shop/deployments/api',
        patch: { metadata: { annotations } },
        query: { fieldManager: 'mendloop' },
      },
    ]);
  });

  it.each([2, 0])('keep the baseline %i through the later steps of a lease', async (baseline) => {
    expect(await marks({ from: 5, to: 4, baseline })).toMatchObject([
      {
        patch: {
          metadata: {
            annotations: { 'mendloop.dev/baseline-replicas': `${baseline}`, 'mendloop.dev/intended-replicas': '4' },
          },
        },
      },
    ]);
  });
});
