import type { ActionTable, Here, Subject } from '../action-table.ts';
import { arrangeNode, notMeantForRemoval } from '../node-subject.ts';

async function node(here: Here): Promise<Subject> {
  const { target, remove, create, patch, cordoned } = await arrangeNode(here);
  const cordon = () => patch({ unschedulable: true });
  await cordon();
  return {
    ...{ target, remove, look: cordoned, parameters: { allowOthers: true } },
    create: async () => {
      await create();
      await cordon();
    },
    wanted: () => patch({ unschedulable: null }),
    revert: cordon,
  };
}

export const table: ActionTable = {
  action: 'uncordon',
  subjects: { 'a node': node },
  notMeant: {
    ...notMeantForRemoval,
    conflict: 'another hand can only uncordon it as well, and then it is done already',
  },
};
