import { waitFor } from '../../../dev/stack/index.ts';
import type { ActionTable, Here, Subject } from '../action-table.ts';
import { AT_ONCE } from '../node-subject.ts';
import { arrangeObject } from '../object-subject.ts';
import { PATIENCE_MS } from '../patience.ts';

async function quota(here: Here): Promise<Subject> {
  const { patch, look, create, ...hands } = await arrangeObject(here, {
    kind: 'ResourceQuota',
    path: `/api/v1/namespaces/${here.namespace}/resourcequotas`,
    spec: { hard: { 'requests.memory': '1Gi', pods: '20' } },
    look: ({ spec }: { spec: { hard: Record<string, string> } }) => spec.hard,
  });
  const hard = (memory: string) => patch({ hard: { 'requests.memory': memory } });
  const { human } = here.cluster;
  const used = async () => (await human.get<{ status?: { used?: Record<string, string> } }>(hands.path)).status?.used;
  const fill = async () => {
    await waitFor(async () => (await used()) !== undefined, {
      what: 'the quota to be counted',
      timeoutMs: PATIENCE_MS,
    });
  };
  // A Pod made before that is counted by a later look only, minutes after.
  await fill();
  await human.create(`/api/v1/namespaces/${here.namespace}/pods`, {
    metadata: { name: 'large' },
    spec: { containers: [{ name: 'main', image: 'example/none', resources: { requests: { memory: '1Gi' } } }] },
  });
  await waitFor(async () => (await used())?.['requests.memory'] === '1Gi', {
    ...{ what: 'the quota to be used up', timeoutMs: PATIENCE_MS },
  });
  return {
    ...hands,
    look,
    create: async () => {
      await create();
      await fill();
    },
    parameters: { resource: 'requests.memory', add: '512Mi', max: '2Gi' },
    wanted: () => hard('1536Mi'),
    moved: () => hard('3Gi'),
    revert: () => hard('1Gi'),
  };
}

export const table: ActionTable = {
  action: 'raise_quota',
  controllers: ['resourcequota-controller'],
  subjects: { 'a quota': quota },
  notMeant: {
    cancel: AT_ONCE,
    alreadyDone: 'a step counts from where the limit stands: what another hand has raised may be raised further',
  },
};
