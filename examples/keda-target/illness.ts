import { join } from 'node:path';
import { waitFor } from '../../dev/stack/index.ts';
import { CRDS, installCrd } from '../../test/support/crds.ts';
import { keepAutoscalers } from '../../test/support/keda-operator.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { repeat } from '../runner/repeat.ts';
import { readManifests } from '../runner/stack/cluster-hands.ts';
import { asExpected, lookAtDeployment } from '../runner/workload.ts';
import { Backlog } from './backlog.ts';

const SCALED_OBJECT = '/apis/keda.sh/v1alpha1/namespaces/keda-target/scaledobjects/invoices';
const AUTOSCALER = '/apis/autoscaling/v2/namespaces/keda-target/horizontalpodautoscalers/keda-hpa-invoices';

/** Milliseconds between two looks of KEDA's operator at its objects. */
const OPERATOR_MS = 200;

const backlogs = new WeakMap<Here, Backlog>();

/** KEDA's definitions stay in the cluster, as where it is installed. */
async function installKeda(here: Here): Promise<void> {
  const { cluster, signal } = here;
  await installCrd({ human: cluster }, CRDS.scaledObjects);
  await cluster.apply(await readManifests(join(import.meta.dirname, 'keda')));
  repeat(here, OPERATOR_MS, () => keepAutoscalers(cluster));
  const isKept = () => cluster.has(AUTOSCALER);
  await waitFor(isKept, { what: 'the autoscaler of the ScaledObject', timeoutMs: 60_000, signal });
  backlogs.set(here, await Backlog.start(here));
}

export const illness: Illness = {
  story: 'a backlog grows, and KEDA owns the replicas: its own minimum is raised, and put to work by its autoscaler',
  actions: ['scale'],
  prepare: installKeda,
  fault: {
    text: 'The month ends: 25 invoices come in a second, of which the only Pod writes ten',
    bring: (here) => {
      const backlog = backlogs.get(here);
      if (backlog !== undefined) backlog.rate = 25;
      return Promise.resolve();
    },
  },
  expected: { outcome: 'remediated', action: 'scale', paged: false },
  look: async ({ cluster, namespace }) => {
    const { spec } = await cluster.get<{ spec: { minReplicaCount: number; maxReplicaCount: number } }>(SCALED_OBJECT);
    const { pods, isReady } = await lookAtDeployment(cluster, { namespace, name: 'invoices' });
    const { minReplicaCount: min, maxReplicaCount: max } = spec;
    return asExpected(
      min === 6 && max === 8 && isReady && pods.startsWith('6 of 6'),
      `the ScaledObject allows ${min} to ${max} Pods; ${pods}`,
    );
  },
};
