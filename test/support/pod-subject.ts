import { waitFor } from '../../dev/stack/index.ts';
import { holdTerminatingLabel } from '../../src/local/kubernetes/kwok-stages.ts';
import type { ActionTable, Here, Subject } from './action-table.ts';
import { APP, arrangeWorkload, type TriedKind, untilGone } from './workload-subject.ts';
import { isReady, podsOf, readyPods } from './workloads.ts';
import { PATIENCE_MS } from './patience.ts';

/** A Pod of a workload of its own. */
export async function podOf(here: Here, kind: TriedKind): Promise<Subject> {
  const { cluster, namespace } = here;
  const { human } = cluster;
  const count = kind === 'DaemonSet' ? 1 : 2;
  await arrangeWorkload(here, { kind });
  const pods = await readyPods(cluster, { namespace, app: APP, count });
  const { name } = pods[0]!.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const label = (value: string | null) =>
    human.patch(path, { metadata: { labels: { [holdTerminatingLabel]: value } } });
  const uids = async () => (await podsOf(cluster, namespace, APP)).filter(isReady).map(({ metadata }) => metadata.uid);
  const first = new Set(pods.map(({ metadata }) => metadata.uid));
  /** Also where another hand deletes it: its successor is there. */
  const succeeded = async () => {
    await waitFor(async () => (await uids()).filter((uid) => !first.has(uid)).length > 0, {
      ...{ what: 'a successor', timeoutMs: PATIENCE_MS },
    });
    await readyPods(cluster, { namespace, app: APP, count });
  };
  return {
    target: { namespace, kind: 'Pod', name },
    ...(kind === 'DaemonSet' ? { parameters: { allowDaemonSet: true, minReadyPeers: 0 } } : {}),
    look: async () => (await uids()).toSorted(),
    changes: async () => first.size - (await uids()).filter((uid) => first.has(uid)).length,
    wanted: async () => {
      await label('');
      await human.remove(path);
      await succeeded();
    },
    remove: async () => {
      // The act may have deleted it already.
      await human.remove(path).catch(() => undefined);
      await untilGone(cluster, path);
      await succeeded();
    },
    create: () =>
      human.create(`/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name },
        spec: { containers: [{ name: 'main', image: 'example/none' }] },
      }),
    stall: async () => {
      await label('');
      let isOver = false;
      return async () => {
        if (isOver) return;
        isOver = true;
        await label(null);
      };
    },
  };
}

const FOR_GOOD = 'what was taken away stays away: no hand can bring that Pod back';

/** What is the same of every action that takes one Pod away. */
export const podTable: Omit<ActionTable, 'action'> = {
  controllers: ['daemonset-controller'],
  subjects: { 'a Deployment': (here) => podOf(here, 'Deployment') },
  reaches: {
    'a StatefulSet': (here) => podOf(here, 'StatefulSet'),
    'a DaemonSet': (here) => podOf(here, 'DaemonSet'),
  },
  notMeant: {
    conflict: 'another hand can only end the life of a Pod, and then it is done already',
    undoFails: FOR_GOOD,
    reverted: FOR_GOOD,
    takenOver: FOR_GOOD,
  },
};
