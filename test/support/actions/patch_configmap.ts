import type { ActionTable, Here, Subject } from '../action-table.ts';
import { APP, arrangeWorkload, type TriedKind, untilGone } from '../workload-subject.ts';
import { podsOf } from '../workloads.ts';

const NAME = 'api-config';

const READS = {
  containers: [{ name: 'main', image: 'example/none', envFrom: [{ configMapRef: { name: NAME } }] }],
};

/** A workload that reads a ConfigMap as its variables. */
async function configured(here: Here, kind: TriedKind, now = 'small', parameters: object = {}): Promise<Subject> {
  const { human } = here.cluster;
  const list = `/api/v1/namespaces/${here.namespace}/configmaps`;
  const path = `${list}/${NAME}`;
  const createMap = () => human.create(list, { metadata: { name: NAME }, data: { POOL: now, OTHER: 'x' } });
  await createMap();
  const { create, remove, stall, changes } = await arrangeWorkload(here, { kind, pod: READS });
  const set = (value: string) => human.patch(path, { data: { POOL: value } });
  return {
    target: { namespace: here.namespace, kind, name: APP },
    parameters: { configMap: NAME, key: 'POOL', allowed: ['large'], value: 'large', ...parameters },
    look: async () => (await human.get<{ data: Record<string, string> }>(path)).data,
    ...{ stall, changes },
    wanted: () => set('large'),
    moved: () => set('huge'),
    revert: () => set(now),
    remove: async () => {
      await remove();
      await human.remove(path);
      await untilGone(here.cluster, path);
    },
    create: async () => {
      await createMap();
      await create();
    },
  };
}

async function ofPod(here: Here): Promise<Subject> {
  const { target, ...hands } = await configured(here, 'Deployment');
  const [pod] = await podsOf(here.cluster, here.namespace, APP);
  return { ...hands, target: { ...target, kind: 'Pod', name: pod?.metadata.name ?? '' } };
}

const merged = (here: Here) => {
  const value = JSON.stringify({ pool: { size: 20 } });
  return configured(here, 'Deployment', 'pool:\n  size: 10 # enough\n', { strategy: 'merge', allowed: [value], value });
};

export const table: ActionTable = {
  action: 'patch_configmap',
  controllers: ['daemonset-controller'],
  subjects: { 'a Deployment': (here) => configured(here, 'Deployment') },
  reaches: {
    'a value that is merged': merged,
    'a StatefulSet': (here) => configured(here, 'StatefulSet'),
    // It has one Pod, and replaces it where it is.
    'a DaemonSet': (here) => configured(here, 'DaemonSet', 'small', { minReadyPeers: 0 }),
    'a Pod of a Deployment': ofPod,
  },
  notMeant: {},
};
