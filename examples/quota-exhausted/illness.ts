import { untilQuotaCounts } from '../../dev/stack/index.ts';
import type { Illness } from '../runner/contract.ts';
import { asExpected, deploymentPath, lookAtDeployment, release } from '../runner/workload.ts';

const CHECKOUT = { namespace: 'quota-exhausted', name: 'checkout' };

export const illness: Illness = {
  story: 'a rollout is stuck because the quota has no room: going back would not help, so a human is called',
  actions: ['rollback_release'],
  fault: {
    text: 'A good release rolls out, one Pod more than the quota of the team allows',
    bring: ({ cluster }) =>
      cluster.strategicPatch(
        deploymentPath(CHECKOUT.namespace, CHECKOUT.name),
        release({ image: 'registry.example.com/checkout:4.1.0' }),
      ),
  },
  // As long as the quota counts fewer Pods than there are, there is room for one more.
  prepare: ({ cluster, namespace, signal }) =>
    untilQuotaCounts(cluster, {
      ...{
        path: `/api/v1/namespaces/${namespace}/resourcequotas/team`,
        used: { pods: '3' },
        timeoutMs: 60_000,
        signal,
      },
    }),
  expected: { outcome: 'escalated', fault: 'PreconditionNotMet', paged: true },
  look: async ({ cluster }) => {
    const { image, pods } = await lookAtDeployment(cluster, CHECKOUT);
    return asExpected(image.endsWith(':4.1.0') && pods.startsWith('3 of 3'), `the image is ${image}, ${pods}`);
  },
};
