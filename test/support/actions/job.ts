import { waitFor } from '../../../dev/stack/index.ts';
import type { JsonObject } from '../../../src/domain/audit/canonical-json.ts';
import { ApiRefused } from '../../../src/local/kubernetes/api.ts';
import type { ActionTable, Here, Subject } from '../action-table.ts';
import { arrangeObject } from '../object-subject.ts';
import { APP, arrangeWorkload, type TriedKind } from '../workload-subject.ts';
import { podsOf } from '../workloads.ts';

interface JobList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

export const SCRIPT = {
  image: 'registry.example.com/tools/flush:1.4.2',
  command: ['/flush', '--app=$(APP)'],
  env: { LEVEL: 'all' },
  deadlineSeconds: 120,
  resources: { requests: { cpu: '50m', memory: '32Mi' } },
  parameters: { APP: {} },
};

export const scriptParameters = (more: object = {}): JsonObject => ({
  name: 'flush',
  template: { ...SCRIPT, ...more },
  values: { APP: 'api' },
});

/** Jobs that stand, those that were made good again apart. */
export async function standingJobs({ cluster, namespace }: Here): Promise<number> {
  const { items } = await cluster.human.get<JobList>(`/apis/batch/v1/namespaces/${namespace}/jobs`);
  const there = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const isUndo = (name: string) => name.endsWith('-undo');
  const undone = there.filter(
    ({ metadata, status }) =>
      isUndo(metadata.name) && status?.conditions?.some(({ type, status: is }) => type === 'Complete' && is === 'True'),
  );
  return there.filter(({ metadata }) => !isUndo(metadata.name)).length - undone.length;
}

const limitsPath = (namespace: string) => `/api/v1/namespaces/${namespace}/limitranges`;

/** Lets the namespace have no new Pods of the script's size, so that its Job has none; settles when that holds. */
async function stall({ cluster: { human }, namespace }: Here): Promise<() => Promise<void>> {
  await human.create(limitsPath(namespace), {
    metadata: { name: 'stall' },
    spec: { limits: [{ type: 'Container', max: { cpu: '1m' } }] },
  });
  const pod = {
    metadata: { name: 'probe' },
    spec: { containers: [{ name: 'main', image: 'example/none', resources: SCRIPT.resources }] },
  };
  const isRefused = () =>
    human.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod).then(
      () => false,
      (error: unknown) => error instanceof ApiRefused,
    );
  await waitFor(isRefused, { what: 'Pods to be refused', timeoutMs: 90_000 });
  let isOver = false;
  return async () => {
    if (isOver) return;
    isOver = true;
    await human.remove(`${limitsPath(namespace)}/stall`);
  };
}

async function workload(here: Here, kind: TriedKind, more?: object): Promise<Subject> {
  const { create, remove } = await arrangeWorkload(here, { kind });
  return {
    ...{ target: { namespace: here.namespace, kind, name: APP }, parameters: scriptParameters(more), create, remove },
    ...handsOf(here),
  };
}

async function podOfWorkload(here: Here): Promise<Subject> {
  const { target, ...hands } = await workload(here, 'Deployment');
  const [pod] = await podsOf(here.cluster, here.namespace, APP);
  return { ...hands, target: { ...target, kind: 'Pod', name: pod?.metadata.name ?? '' } };
}

async function claim(here: Here): Promise<Subject> {
  const { target, path, create, remove } = await arrangeObject(here, {
    kind: 'PersistentVolumeClaim',
    path: `/api/v1/namespaces/${here.namespace}/persistentvolumeclaims`,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    look: () => undefined,
  });
  return {
    ...{ target, create, parameters: scriptParameters() },
    remove: async () => {
      // Kubernetes has a controller that takes it off once no Pod uses the claim; the embedded control plane has none.
      await here.cluster.human.patch(path, { metadata: { finalizers: null } });
      await remove();
    },
    ...handsOf(here),
  };
}

const handsOf = (here: Here) => ({ look: () => standingJobs(here), stall: () => stall(here) });

const BY_NAME = 'another hand would have to guess the name of the Job, which is made of a UID';
const FINISHED = 'a script that has finished stays done where its template has no undo of its own';
const SCRIPTS = 'what a script did is known to its proof alone: it has no field that another hand could move';
const OWN_TESTS = 'test/integration/actions/job.test.ts';

export const table: ActionTable = {
  action: 'job',
  controllers: ['job-controller'],
  subjects: {
    'a Deployment': (here) => workload(here, 'Deployment'),
    'a claim': claim,
  },
  reaches: {
    'a Pod of a Deployment': podOfWorkload,
    'a StatefulSet': (here) => workload(here, 'StatefulSet'),
    'a DaemonSet': (here) => workload(here, 'DaemonSet'),
    'a template with an undo': (here) => workload(here, 'Deployment', { undo: { command: ['/flush', '--undo'] } }),
  },
  untold: {
    'delete jobs': `only a Job that runs is ended: ${OWN_TESTS}`,
    'get events': `only what was ended is looked up: ${OWN_TESTS}`,
    'get pods/log': `a log that may not be read is told in its place, and fails nothing: ${OWN_TESTS}`,
    'list pods': `the same of a Job whose Pods may not be listed: ${OWN_TESTS}`,
  },
  notMeant: {
    alreadyDone: BY_NAME,
    conflict: BY_NAME,
    undoFails: `${FINISHED}; that of one with an undo is tried in ${OWN_TESTS}`,
    reverted: SCRIPTS,
    takenOver: SCRIPTS,
  },
};
