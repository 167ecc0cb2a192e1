import type { ActionTable, Here, Subject } from '../action-table.ts';
import { arrangeObject } from '../object-subject.ts';
import { HOLD_RESIZE, startResizer } from '../volume-resizer.ts';

const STORAGE_CLASSES = '/apis/storage.k8s.io/v1/storageclasses';

async function claim(here: Here): Promise<Subject> {
  const { cluster, namespace } = here;
  const { human } = cluster;
  const storageClassName = `${namespace}-fast`;
  await human.create(STORAGE_CLASSES, {
    metadata: { name: storageClassName },
    ...{ provisioner: 'example.com/none', allowVolumeExpansion: true },
  });
  const bound = (storage: string) => ({ phase: 'Bound', capacity: { storage }, accessModes: ['ReadWriteOnce'] });
  const { patch, ...hands } = await arrangeObject(here, {
    kind: 'PersistentVolumeClaim',
    path: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
    spec: {
      ...{ storageClassName, accessModes: ['ReadWriteOnce'], volumeName: `${namespace}-volume` },
      resources: { requests: { storage: '10Gi' } },
    },
    status: bound('10Gi'),
    look: ({ spec }: { spec: { resources: { requests: { storage: string } } } }) => spec.resources.requests.storage,
  });
  const ask = (storage: string) => patch({ resources: { requests: { storage } } });
  const hold = (value: string | null) => human.patch(hands.path, { metadata: { labels: { [HOLD_RESIZE]: value } } });
  return {
    ...hands,
    remove: async () => {
      // Which nobody takes off here: it keeps a claim that is in use.
      await human.patch(hands.path, { metadata: { finalizers: null } });
      await hands.remove();
    },
    parameters: { add: '5Gi', max: '100Gi' },
    moved: () => ask('40Gi'),
    stall: async () => {
      await hold('');
      return () => hold(null);
    },
  };
}

const FOR_GOOD = 'a claim never shrinks: no hand can take away what it has';

export const table: ActionTable = {
  action: 'expand_volume',
  install: (cluster) => {
    startResizer(cluster);
    return Promise.resolve(undefined);
  },
  subjects: { 'a claim': claim },
  notMeant: {
    alreadyDone: 'a step counts from what the claim asks for: what another hand has added needs a pause first',
    undoFails: FOR_GOOD,
    reverted: FOR_GOOD,
    takenOver: FOR_GOOD,
  },
};
