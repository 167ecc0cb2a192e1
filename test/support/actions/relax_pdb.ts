import { waitFor } from '../../../dev/stack/index.ts';
import type { ActionTable, Here, Subject } from '../action-table.ts';
import { arrangeObject } from '../object-subject.ts';
import { APP, arrangeWorkload } from '../workload-subject.ts';
import { PATIENCE_MS } from '../patience.ts';

async function budget(here: Here, spec: object, field: 'minAvailable' | 'maxUnavailable'): Promise<Subject> {
  await arrangeWorkload(here, { kind: 'Deployment' });
  const { human } = here.cluster;
  const { patch, create, ...hands } = await arrangeObject(here, {
    kind: 'PodDisruptionBudget',
    path: `/apis/policy/v1/namespaces/${here.namespace}/poddisruptionbudgets`,
    spec: { ...spec, selector: { matchLabels: { app: APP } } },
    look: ({ spec: now }: { spec: Record<string, unknown> }) => now[field],
  });
  const isCounted = async () => {
    const { metadata, status } = await human.get<{
      metadata: { generation: number };
      status?: { observedGeneration?: number; expectedPods?: number };
    }>(hands.path);
    return status?.observedGeneration === metadata.generation && status.expectedPods === 2;
  };
  const counted = () => waitFor(isCounted, { what: 'the budget to be worked out', timeoutMs: PATIENCE_MS });
  await counted();
  const [wanted, moved] = field === 'minAvailable' ? [1, '10%'] : [1, '90%'];
  return {
    ...hands,
    create: async () => {
      await create();
      await counted();
    },
    wanted: () => patch({ [field]: wanted }),
    moved: () => patch({ [field]: moved }),
    revert: () => patch(spec),
  };
}

export const table: ActionTable = {
  action: 'relax_pdb',
  subjects: {
    'what must be available': (here) => budget(here, { minAvailable: '100%' }, 'minAvailable'),
    'what may be unavailable': (here) => budget(here, { maxUnavailable: 0 }, 'maxUnavailable'),
  },
  notMeant: {
    cancel: 'the controller of budgets answers at once: there is nothing that could be held up',
    alreadyDone: 'a budget that allows disruptions is none that has to be relaxed: it is refused, not done',
  },
};
