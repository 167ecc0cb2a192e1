import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { waitFor } from '../../dev/stack/index.ts';
import { CRDS, installCrd } from '../../test/support/crds.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { allowReadingOf } from '../runner/stack/account.ts';
import { readManifests } from '../runner/stack/cluster-hands.ts';
import { asExpected, deploymentPath, lookAtDeployment, release } from '../runner/workload.ts';

const STOREFRONT = { namespace: 'gitops-drift', name: 'storefront' };
const ARGO_CD = '/api/v1/namespaces/argocd';
const APPLICATION = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/storefront';

interface Application {
  readonly metadata: { readonly annotations?: object };
  readonly spec: { readonly syncPolicy?: object };
}

/** Argo CD's definition stays in the cluster, as where it is installed. */
async function installArgoCd({ cluster }: Here): Promise<void> {
  await installCrd({ human: cluster }, CRDS.applications);
  await cluster.apply(await readManifests(join(import.meta.dirname, 'argocd')));
  await allowReadingOf(cluster, { tool: 'argocd', namespace: 'argocd' });
}

export const illness: Illness = {
  story: 'a hand changed what Argo CD applies, and broke it: it is left alone, and a human is told where it is in Git',
  actions: ['rollback_release'],
  prepare: installArgoCd,
  fault: {
    text: 'An engineer sets the image by hand, storefront:5.3.O with a letter for the zero, past Git',
    bring: ({ cluster }) =>
      cluster.strategicPatch(
        deploymentPath(STOREFRONT.namespace, STOREFRONT.name),
        release({ image: 'registry.example.com/storefront:5.3.O' }),
      ),
  },
  expected: {
    outcome: 'escalated',
    paged: true,
    tells: /in Git: https:\/\/git\.example\.com\/shop path storefront\/production at main/,
  },
  look: async ({ cluster }) => {
    const { image, pods } = await lookAtDeployment(cluster, STOREFRONT);
    const { metadata, spec } = await cluster.get<Application>(APPLICATION);
    const isAsItWas =
      metadata.annotations === undefined &&
      isDeepStrictEqual(spec.syncPolicy, { automated: { prune: false, selfHeal: false } });
    return asExpected(
      image.endsWith(':5.3.O') && isAsItWas,
      `the image is still ${image}, ${pods}; the Application is ${isAsItWas ? 'as it was' : 'changed'}`,
    );
  },
  cleanUp: async ({ cluster, signal }) => {
    await cluster.remove(APPLICATION);
    await cluster.remove(ARGO_CD);
    const isGone = async () => !(await cluster.has(ARGO_CD));
    await waitFor(isGone, { what: 'the namespace of Argo CD to be gone', timeoutMs: 60_000, signal });
  },
};
