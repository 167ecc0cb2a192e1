import { untilQuotaCounts } from '../../../dev/stack/index.ts';
import type { ActionTable, Here, Subject } from '../action-table.ts';
import { AT_ONCE } from '../node-subject.ts';
import { arrangeObject } from '../object-subject.ts';
import { PATIENCE_MS } from '../patience.ts';

async function quota(here: Here): Promise<Subject> {
  const { patch, look, create, ...hands } = await arrangeObject(here, {
    kind: 'ResourceQuota',
    path: `/api/v1/namespaces/${here.namespace}/resourcequotas`,
    spec: { hard: { 'requests.memory': '1Gi', pods: '20' } },
    look: ({ spec }: { spec: { hard: Record<string, string> } }) => spec.hard['requests.memory'],
  });
  const hard = (memory: string) => patch({ hard: { 'requests.memory': memory } });
  const { human } = here.cluster;
  const counts = (memory: string) =>
    untilQuotaCounts(human, { path: hands.path, used: { 'requests.memory': memory }, timeoutMs: PATIENCE_MS });
  await counts('0');
  await human.create(`/api/v1/namespaces/${here.namespace}/pods`, {
    metadata: { name: 'large' },
    spec: { containers: [{ name: 'main', image: 'example/none', resources: { requests: { memory: '1Gi' } } }] },
  });
  await counts('1Gi');
  return {
    ...hands,
    look,
    create: async () => {
      await create();
      await counts('1Gi');
    },
    parameters: { resource: 'requests.memory', add: '512Mi', max: '2Gi' },
    wanted: () => hard('1536Mi'),
    moved: () => hard('3Gi'),
    revert: () => hard('1Gi'),
  };
}

export const table: ActionTable = {
  action: 'raise_quota',
  subjects: { 'a quota': quota },
  notMeant: {
    cancel: AT_ONCE,
    alreadyDone: 'a step counts from where the limit stands: what another hand has raised may be raised further',
  },
};
