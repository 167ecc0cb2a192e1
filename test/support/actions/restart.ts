import type { ActionTable, Here, Subject } from '../action-table.ts';
import { APP, arrangeWorkload, type TriedKind } from '../workload-subject.ts';
import { readyPods } from '../workloads.ts';

async function workload(here: Here, kind: TriedKind): Promise<Subject> {
  const { read, patch, ...hands } = await arrangeWorkload(here, { kind });
  const template = (annotations: object) => patch({ template: { metadata: { annotations } } });
  return {
    ...hands,
    target: { namespace: here.namespace, kind, name: APP },
    // There is one node for the Pods of a DaemonSet.
    ...(kind === 'DaemonSet' ? { parameters: { minReadyPeers: 0 } } : {}),
    look: async () => (await read()).spec.template.metadata?.annotations ?? {},
    moved: () => template({ 'kubectl.kubernetes.io/restartedAt': '2026-11-29T08:00:00Z' }),
    revert: () => template({ 'mendloop.dev/restarted-by': null }),
  };
}

async function podOf(here: Here): Promise<Subject> {
  const subject = await workload(here, 'Deployment');
  const [pod] = await readyPods(here.cluster, { namespace: here.namespace, app: APP, count: 2 });
  return { ...subject, target: { ...subject.target, kind: 'Pod', name: pod!.metadata.name } };
}

export const table: ActionTable = {
  action: 'restart',
  controllers: ['daemonset-controller'],
  subjects: {
    'a Deployment': (here) => workload(here, 'Deployment'),
    'a StatefulSet': (here) => workload(here, 'StatefulSet'),
  },
  reaches: { 'a DaemonSet': (here) => workload(here, 'DaemonSet'), 'a Pod': podOf },
  notMeant: {
    alreadyDone: 'a restart is no state that could be there already: that of another hand is a conflict',
    undoFails: 'there is no undo that could fail: a further rollout makes good',
  },
};
