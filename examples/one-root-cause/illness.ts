import type { Illness } from '../runner/contract.ts';
import { asExpected, deploymentPath, lookAtDeployment, newestRevision, release } from '../runner/workload.ts';

const BASKET = { namespace: 'one-root-cause', name: 'basket' };

export const illness: Illness = {
  story: 'two different alerts have one cause: one remediation acts, the other joins it',
  actions: ['rollback_release'],
  fault: {
    text: 'A release names basket:1.9.O, with a letter for the zero: its image cannot be pulled',
    bring: ({ cluster }) =>
      cluster.strategicPatch(
        deploymentPath(BASKET.namespace, BASKET.name),
        release({ image: 'registry.example.com/basket:1.9.O' }),
      ),
  },
  expected: {
    outcome: 'remediated',
    action: 'rollback_release',
    // The one that comes when all is over finds its alert resolved.
    others: { count: 1, outcomes: ['joined', 'already_healthy'] },
    paged: false,
  },
  look: async ({ cluster }) => {
    const { image, pods, isReady } = await lookAtDeployment(cluster, BASKET);
    const newest = await newestRevision(cluster, BASKET.namespace);
    // The first release, the bad one, and one rollback: not one more.
    return asExpected(
      image.endsWith(':1.8.0') && isReady && newest === 3,
      `the image is ${image} as revision ${newest}, ${pods}`,
    );
  },
};
