import type { ActionTable, Here, Subject } from '../action-table.ts';
import { arrangeNode, AT_ONCE } from '../node-subject.ts';

const sick = { key: 'sick', value: 'disk', effect: 'NoSchedule' };

async function node(here: Here): Promise<Subject> {
  const { target, remove, create, taints, taint } = await arrangeNode(here);
  await taint(sick);
  return {
    ...{ target, remove, look: taints, parameters: { key: sick.key } },
    create: async () => {
      await create();
      await taint(sick);
    },
    wanted: () => taint(),
    moved: () => taint({ ...sick, value: 'net' }),
    revert: () => taint(sick),
  };
}

export const table: ActionTable = { action: 'untaint', subjects: { 'a node': node }, notMeant: { cancel: AT_ONCE } };
