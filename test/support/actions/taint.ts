import type { ActionTable, Here, Subject } from '../action-table.ts';
import { arrangeNode, AT_ONCE } from '../node-subject.ts';

const sick = { key: 'sick', value: 'disk', effect: 'NoSchedule' };

async function node(here: Here): Promise<Subject> {
  const { target, remove, create, taints, taint } = await arrangeNode(here);
  return {
    ...{ target, remove, create, look: taints, parameters: { key: sick.key, value: sick.value } },
    wanted: () => taint(sick),
    moved: () => taint({ ...sick, value: 'net' }),
    revert: () => taint(),
  };
}

export const table: ActionTable = { action: 'taint', subjects: { 'a node': node }, notMeant: { cancel: AT_ONCE } };
