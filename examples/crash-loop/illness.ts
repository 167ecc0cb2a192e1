import type { Illness } from '../runner/contract.ts';
import { asExpected, deploymentPath, lookAtDeployment, release } from '../runner/workload.ts';

const CART = { namespace: 'crash-loop', name: 'cart' };

export const illness: Illness = {
  story: 'a release with a bad setting ends as soon as it starts: the release before is brought back',
  actions: ['restart', 'rollback_release'],
  fault: {
    text: 'A release sets CART_POOL_SIZE to "twenty": its Pods end as soon as they start',
    bring: ({ cluster }) =>
      cluster.strategicPatch(
        deploymentPath(CART.namespace, CART.name),
        release({ env: [{ name: 'CART_POOL_SIZE', value: 'twenty' }] }),
      ),
  },
  expected: { outcome: 'remediated', action: 'rollback_release', paged: false },
  look: async ({ cluster }) => {
    const { env, pods, isReady } = await lookAtDeployment(cluster, CART);
    const size = env['CART_POOL_SIZE'];
    return asExpected(size === '20' && isReady, `CART_POOL_SIZE is ${size}, ${pods}`);
  },
};
