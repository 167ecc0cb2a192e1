import type { Illness } from '../runner/contract.ts';
import { asExpected, deploymentPath, lookAtDeployment, newestRevision, release } from '../runner/workload.ts';

const FRONT = { namespace: 'fifty-alerts', name: 'front' };
const PODS = 50;

export const illness: Illness = {
  story: 'fifty Pods of one Deployment give fifty alerts: one remediation acts, the others join it',
  actions: ['rollback_release'],
  fault: {
    text: 'A release names front:11.5.O, with a letter for the zero: the images of fifty Pods cannot be pulled',
    bring: ({ cluster }) =>
      cluster.strategicPatch(
        deploymentPath(FRONT.namespace, FRONT.name),
        release({ image: 'registry.example.com/front:11.5.O' }),
      ),
  },
  expected: {
    outcome: 'remediated',
    action: 'rollback_release',
    // A quick cure is there before Alertmanager has told of all; those that come when it is over find that out by themselves.
    others: { count: PODS - 1, atLeast: 5, outcomes: ['joined', 'already_healthy'] },
    // Fifty Pods are replaced twice and fifty workflows run, all on one machine.
    withinSeconds: 90,
    paged: false,
  },
  look: async ({ cluster, namespace }) => {
    const { image, pods, isReady } = await lookAtDeployment(cluster, FRONT);
    const newest = await newestRevision(cluster, namespace);
    // The first release, the bad one, and one rollback: not one more.
    return asExpected(
      image.endsWith(':11.4.0') && isReady && newest === 3,
      `the image is ${image} as revision ${newest}, ${pods}`,
    );
  },
};
