import { join } from 'node:path';
import { waitFor } from '../../dev/stack/index.ts';
import { startRollouts } from '../../test/support/rollouts-controller.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { readManifests } from '../runner/stack/cluster-hands.ts';
import { asExpected } from '../runner/workload.ts';
import { Search } from './search.ts';

const ROLLOUT = '/apis/argoproj.io/v1alpha1/namespaces/argo-rollout/rollouts/search';

interface Rollout {
  readonly spec: { readonly replicas: number };
  readonly status?: { readonly readyReplicas?: number; readonly phase?: string };
}

const searches = new WeakMap<Here, Search>();

/** Argo Rollouts' definitions stay in the cluster; its controller runs as long as the example does. */
async function prepare(here: Here): Promise<void> {
  const { cluster, signal, stack } = here;
  stack.add(await startRollouts({ human: cluster, plane: cluster.plane }));
  await cluster.apply(await readManifests(join(import.meta.dirname, 'rollout')));
  const isHealthy = async () => {
    const { status } = await cluster.get<Rollout>(ROLLOUT);
    return status?.phase === 'Healthy' && status.readyReplicas === 2;
  };
  await waitFor(isHealthy, { what: 'the Rollout to be healthy', timeoutMs: 60_000, signal });
  const search = await Search.start(here);
  searches.set(here, search);
  await search.serve({ perSecond: 8 });
}

export const illness: Illness = {
  story: 'more people search than before, and an Argo Rollout brings the Pods: it gets more of them',
  actions: ['scale'],
  servers: ['rollouts-controller'],
  prepare,
  fault: {
    text: 'A newsletter goes out: 28 searches come in a second, of which the two Pods can do 20',
    bring: async (here) => {
      await searches.get(here)?.serve({ perSecond: 28 });
    },
  },
  expected: { outcome: 'remediated', action: 'scale', paged: false },
  look: async ({ cluster }) => {
    const { spec, status } = await cluster.get<Rollout>(ROLLOUT);
    return asExpected(
      spec.replicas === 6 && status?.readyReplicas === 6,
      `the Rollout wants ${spec.replicas} Pods, ${status?.readyReplicas ?? 0} are ready, its phase is ${status?.phase}`,
    );
  },
};
