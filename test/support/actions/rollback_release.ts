import type { ActionTable, Here, Subject } from '../action-table.ts';
import { holdPendingLabel } from '../../../src/local/kubernetes/kwok-stages.ts';
import { waitFor } from '../../../dev/stack/index.ts';
import { APP, arrangeWorkload, type TriedKind } from '../workload-subject.ts';
import { isReady, podsOf, readyPods } from '../workloads.ts';
import { PATIENCE_MS } from '../patience.ts';

const container = (image: string) => ({ name: 'main', image });

/** With a second release behind its first; `stuck`: one whose Pods never start. */
async function released(here: Here, kind: TriedKind, { stuck = false } = {}): Promise<Subject> {
  const pod = { containers: [container('shop/api:1')] };
  // Its controller waits for a broken Pod only where it brings them in their order.
  const spec = stuck ? { podManagementPolicy: 'OrderedReady' } : {};
  const { read, patch, create, changes, ...hands } = await arrangeWorkload(here, { kind, pod, spec });
  const { cluster, namespace } = here;
  const give = (image: string, metadata: object = {}) =>
    patch({ template: { metadata, spec: { containers: [container(image)] } } });
  /** Ready Pods alone do not tell: those of the first release are, until the second takes their place. */
  const isOut = async () => {
    const pods = await podsOf(cluster, namespace, APP);
    const areOfSecond = pods.every((one) => isReady(one) && one.spec.containers?.[0]?.image === 'shop/api:2');
    return areOfSecond && pods.length === (kind === 'DaemonSet' ? 1 : 2);
  };
  const isSeen = async () => {
    const { metadata, status } = await cluster.human.get<{
      metadata: { generation: number; annotations?: Record<string, string> };
      status: { observedGeneration?: number; currentRevision?: string; updateRevision?: string };
    }>(hands.path);
    const isNumbered = kind !== 'Deployment' || metadata.annotations?.['deployment.kubernetes.io/revision'] === '2';
    const isUpdating = kind !== 'StatefulSet' || stuck === (status.currentRevision !== status.updateRevision);
    return isNumbered && isUpdating && status.observedGeneration === metadata.generation;
  };
  const release = async () => {
    await give('shop/api:2', stuck ? { labels: { [holdPendingLabel]: '' } } : {});
    await waitFor(isSeen, { what: 'the second release', timeoutMs: PATIENCE_MS });
    const isStuck = async () => {
      const pods = await podsOf(cluster, namespace, APP);
      return pods.filter((one) => one.metadata.deletionTimestamp === undefined && !isReady(one)).length === 1;
    };
    if (stuck) await waitFor(isStuck, { what: 'a Pod that does not start', timeoutMs: PATIENCE_MS });
    else await waitFor(isOut, { what: 'nothing but Pods of the second release', timeoutMs: PATIENCE_MS });
  };
  await release();
  return {
    ...hands,
    target: { namespace, kind, name: APP },
    look: async () => (await read()).spec.template.spec,
    changes: async () => (await changes()) - 1,
    moved: () => give('shop/api:3'),
    revert: () => give('shop/api:2'),
    create: async () => {
      await create();
      await release();
    },
  };
}

export const table: ActionTable = {
  action: 'rollback_release',
  controllers: ['daemonset-controller'],
  subjects: {
    'a Deployment': (here) => released(here, 'Deployment'),
    'a StatefulSet': (here) => released(here, 'StatefulSet'),
  },
  reaches: {
    'a StatefulSet that is stuck': (here) => released(here, 'StatefulSet', { stuck: true }),
    'a DaemonSet': (here) => released(here, 'DaemonSet'),
    'a Pod': async (here) => {
      const subject = await released(here, 'Deployment');
      const [pod] = await readyPods(here.cluster, { namespace: here.namespace, app: APP, count: 2 });
      return { ...subject, target: { ...subject.target, kind: 'Pod', name: pod!.metadata.name } };
    },
  },
  notMeant: {
    alreadyDone:
      'what another hand has rolled back is refused, not done: going back once more would bring the trouble again',
  },
};
