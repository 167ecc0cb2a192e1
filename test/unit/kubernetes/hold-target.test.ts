import { expect, it } from 'vitest';
import { holdTarget } from '../../../src/clients/kubernetes/hold-target.ts';
import { fakeCluster } from './fake-cluster.ts';

it('marks a target as held by a remediation, under a name for all remediations', async () => {
  const { kubernetes, merged } = fakeCluster();
  const path = '/api/v1/nodes/worker-1';
  await holdTarget(kubernetes, { remediationId: 'remediation/default/A/00000000000000aa/1', path });
  await holdTarget(kubernetes, { remediationId: 'r/2', path, marks: { 'mendloop.dev/baseline-replicas': '2' } });
  expect(merged).toEqual([
    {
      path,
      patch: {
        metadata: { annotations: { 'mendloop.dev/remediation': 'remediation/default/A/00000000000000aa/1' } },
      },
      query: { fieldManager: 'mendloop' },
    },
    {
      path,
      patch: {
        metadata: { annotations: { 'mendloop.dev/remediation': 'r/2', 'mendloop.dev/baseline-replicas': '2' } },
      },
      query: { fieldManager: 'mendloop' },
    },
  ]);
});
