import type { Illness } from '../runner/contract.ts';
import { asExpected, deploymentPath, lookAtDeployment, release } from '../runner/workload.ts';

const CATALOG = { namespace: 'image-missing', name: 'catalog' };

export const illness: Illness = {
  story: 'a release names an image that the registry does not have: its rollout is stuck, and is rolled back',
  actions: ['rollback_release'],
  fault: {
    text: 'A release names catalog:1.9.O, with a letter for the zero: its image cannot be pulled',
    bring: ({ cluster }) =>
      cluster.strategicPatch(
        deploymentPath(CATALOG.namespace, CATALOG.name),
        release({ image: 'registry.example.com/catalog:1.9.O' }),
      ),
  },
  expected: { outcome: 'remediated', action: 'rollback_release', paged: false },
  look: async ({ cluster }) => {
    const { image, pods, isReady } = await lookAtDeployment(cluster, CATALOG);
    return asExpected(image.endsWith(':1.8.0') && isReady, `the image is ${image}, ${pods}`);
  },
};
