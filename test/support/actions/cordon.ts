import type { ActionTable, Here, Subject } from '../action-table.ts';
import { arrangeNode, AT_ONCE } from '../node-subject.ts';

async function node(here: Here): Promise<Subject> {
  const { target, remove, create, patch, cordoned, others } = await arrangeNode(here);
  return {
    ...{ target, remove, create, look: cordoned },
    wanted: () => patch({ unschedulable: true }),
    conflict: {
      type: 'DisruptionUnsafe',
      make: async () => {
        for (const other of others) await patch({ unschedulable: true }, other);
      },
    },
    moved: async () => {
      await patch({ unschedulable: null });
      await patch({ unschedulable: true });
    },
    revert: () => patch({ unschedulable: null }),
  };
}

export const table: ActionTable = { action: 'cordon', subjects: { 'a node': node }, notMeant: { cancel: AT_ONCE } };
