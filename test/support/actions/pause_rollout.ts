import { waitFor } from '../../../dev/stack/index.ts';
import { holdPendingLabel } from '../../../src/local/kubernetes/kwok-stages.ts';
import type { ActionTable, Here, Subject } from '../action-table.ts';
import { APP, arrangeWorkload } from '../workload-subject.ts';
import { isReady, podsOf, readyPods } from '../workloads.ts';
import { PATIENCE_MS } from '../patience.ts';

/** In the middle of a rollout, whose new Pods do not start. */
async function rollingOut(here: Here): Promise<Subject> {
  const { cluster, namespace } = here;
  const hands = await arrangeWorkload(here, { kind: 'Deployment' });
  const { read, patch, remove } = hands;
  const pause = (paused: boolean | null) => patch({ paused });
  const release = async () => {
    await patch({ template: { metadata: { labels: { [holdPendingLabel]: '' } } } });
    const isStuck = async () => {
      const { metadata, status } = await read();
      const pods = await podsOf(cluster, namespace, APP);
      return status.observedGeneration === metadata.generation && pods.some((pod) => !isReady(pod));
    };
    await waitFor(isStuck, { what: 'a rollout under way', timeoutMs: PATIENCE_MS });
  };
  await release();
  return {
    remove,
    target: { namespace, kind: 'Deployment', name: APP },
    look: async () => (await read()).spec.paused === true,
    wanted: () => pause(true),
    moved: async () => {
      await pause(null);
      await pause(true);
    },
    revert: () => pause(null),
    create: async () => {
      await hands.create();
      await release();
    },
  };
}

async function podOf(here: Here): Promise<Subject> {
  const subject = await rollingOut(here);
  const [pod] = await readyPods(here.cluster, { namespace: here.namespace, app: APP, count: 2 });
  return { ...subject, target: { ...subject.target, kind: 'Pod', name: pod!.metadata.name } };
}

export const table: ActionTable = {
  action: 'pause_rollout',
  subjects: { 'a Deployment': rollingOut },
  reaches: { 'a Pod': podOf },
  notMeant: {
    conflict: 'another hand can only pause it as well, and then it is done already',
    cancel: 'its controller sees a pause at once: there is nothing that could be waited for',
  },
};
