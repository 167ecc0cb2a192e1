import type { ActionTable, Here, Subject } from '../action-table.ts';
import { APP, arrangeWorkload, type TriedKind } from '../workload-subject.ts';
import { readyPods } from '../workloads.ts';

const container = (memory: string) => ({
  ...{ name: 'main', image: 'example/none' },
  resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory } },
});

async function workload(here: Here, kind: TriedKind): Promise<Subject> {
  const pod = { containers: [container('128Mi')] };
  const { read, patch, ...hands } = await arrangeWorkload(here, { kind, pod });
  const set = (memory: string) => patch({ template: { spec: { containers: [container(memory)] } } });
  return {
    ...hands,
    target: { namespace: here.namespace, kind, name: APP },
    parameters: {
      limits: { memory: { factor: 2, max: '256Mi' } },
      // There is one node for the Pods of a DaemonSet.
      ...(kind === 'DaemonSet' ? { minReadyPeers: 0 } : {}),
    },
    look: async () => (await read()).spec.template.spec,
    moved: () => set('200Mi'),
    revert: () => set('128Mi'),
  };
}

async function podOf(here: Here): Promise<Subject> {
  const subject = await workload(here, 'Deployment');
  const [pod] = await readyPods(here.cluster, { namespace: here.namespace, app: APP, count: 2 });
  return { ...subject, target: { ...subject.target, kind: 'Pod', name: pod!.metadata.name } };
}

export const table: ActionTable = {
  action: 'set_resources',
  controllers: ['daemonset-controller'],
  subjects: { 'a Deployment': (here) => workload(here, 'Deployment') },
  reaches: {
    'a StatefulSet': (here) => workload(here, 'StatefulSet'),
    'a DaemonSet': (here) => workload(here, 'DaemonSet'),
    'a Pod': podOf,
  },
  notMeant: {
    alreadyDone: 'a step goes on from where another hand has come to, and is refused at its maximum',
  },
};
