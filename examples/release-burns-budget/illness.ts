import type { Illness } from '../runner/contract.ts';
import { asExpected, deploymentPath, lookAtDeployment, release } from '../runner/workload.ts';
import { serveQuotes } from './quotes.ts';

const QUOTES = { namespace: 'release-burns-budget', name: 'quotes' };

export const illness: Illness = {
  story: 'a release answers every third request with an error: it is taken back, and the errors are gone',
  actions: ['rollback_release'],
  prepare: serveQuotes,
  fault: {
    text: 'Release quotes:4.3.0 divides by the items of a basket: requests for empty ones fail',
    bring: ({ cluster }) =>
      cluster.strategicPatch(
        deploymentPath(QUOTES.namespace, QUOTES.name),
        release({ image: 'registry.example.com/quotes:4.3.0' }),
      ),
  },
  expected: { outcome: 'remediated', action: 'rollback_release', paged: false },
  look: async ({ cluster }) => {
    const { image, pods, isReady } = await lookAtDeployment(cluster, QUOTES);
    return asExpected(image.endsWith(':4.2.0') && isReady, `the image is ${image}, ${pods}`);
  },
};
