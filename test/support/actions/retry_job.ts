import { waitFor } from '../../../dev/stack/index.ts';
import type { ActionTable, Here, Subject } from '../action-table.ts';
import { createNode, inPool, nodePath } from '../nodes.ts';
import { untilGone } from '../workload-subject.ts';
import { PATIENCE_MS } from '../patience.ts';

interface JobObject {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const NAME = 'nightly';

/** A Job that has failed because there was no node for it; by now there is one. */
export async function failedJob(here: Here, podLabels: Readonly<Record<string, string>> = {}): Promise<Subject> {
  const { cluster, namespace } = here;
  const { human } = cluster;
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const node = `${namespace}-node`;
  const isFailed = async () => {
    const { status } = await human.get<JobObject>(`${path}/${NAME}`);
    return status?.conditions?.some(({ type, status: is }) => type === 'Failed' && is === 'True') === true;
  };
  const taint = (...taints: object[]) =>
    human.patch(nodePath(node), {
      spec: { taints: [{ key: 'pool', value: namespace, effect: 'NoSchedule' }, ...taints] },
    });
  const stalled = { key: 'stall', value: 'row', effect: 'NoSchedule' };
  let hasNode = false;
  const create = async () => {
    if (hasNode) await human.remove(nodePath(node));
    await human.create(path, {
      metadata: { name: NAME, labels: { app: NAME }, annotations: { 'mendloop.dev/idempotent': 'true' } },
      spec: {
        ...{ backoffLimit: 0, activeDeadlineSeconds: 6 },
        template: {
          metadata: { labels: { app: NAME, ...podLabels } },
          spec: inPool(namespace, { restartPolicy: 'Never' }),
        },
      },
    });
    await waitFor(isFailed, { what: 'the Job to fail', timeoutMs: PATIENCE_MS });
    await createNode(cluster, { name: node, pool: namespace });
    hasNode = true;
  };
  await create();
  const copies = async () => {
    const { items } = await human.get<{ items: JobObject[] }>(path);
    return items.filter(({ metadata }) => metadata.name !== NAME && metadata.deletionTimestamp === undefined);
  };
  return {
    target: { namespace, kind: 'Job', name: NAME },
    create,
    look: async () => (await copies()).length,
    revert: async () => {
      for (const { metadata } of await copies()) {
        await human.remove(`${path}/${metadata.name}`);
        await untilGone(cluster, `${path}/${metadata.name}`);
      }
    },
    remove: async () => {
      await human.remove(`${path}/${NAME}`);
      await untilGone(cluster, `${path}/${NAME}`);
    },
    stall: async () => {
      await taint(stalled);
      return () => taint();
    },
  };
}

const FINISHED =
  'a copy that has finished stays as evidence: only one that runs is ended, as the row of cancelling shows';
const BY_NAME = 'another hand would have to guess the name of the copy, which is made of a UID';

export const table: ActionTable = {
  action: 'retry_job',
  controllers: ['job-controller'],
  subjects: { 'a failed Job': (here) => failedJob(here) },
  untold: {
    'delete jobs': 'only a copy that runs is ended: test/integration/actions/retry-job.test.ts',
    'get events': 'only what was ended is looked up: test/integration/actions/retry-job.test.ts',
  },
  notMeant: {
    alreadyDone: BY_NAME,
    conflict: BY_NAME,
    answerLost: FINISHED,
    undo: FINISHED,
    undoFails: FINISHED,
    takenOver:
      'what another hand does to the copy is between it and the controller of Jobs: it still runs, or it is gone',
  },
};
