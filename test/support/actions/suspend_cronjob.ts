import type { ActionTable, Here, Subject } from '../action-table.ts';
import { AT_ONCE } from '../node-subject.ts';
import { arrangeObject } from '../object-subject.ts';

async function cronJob(here: Here): Promise<Subject> {
  const containers = [{ name: 'main', image: 'example/none' }];
  const { patch, ...hands } = await arrangeObject(here, {
    kind: 'CronJob',
    path: `/apis/batch/v1/namespaces/${here.namespace}/cronjobs`,
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } },
    },
    look: ({ spec }: { spec: { suspend?: boolean } }) => spec.suspend,
  });
  return {
    ...hands,
    wanted: () => patch({ suspend: true }),
    moved: async () => {
      await patch({ suspend: false });
      await patch({ suspend: true });
    },
    revert: () => patch({ suspend: false }),
  };
}

export const table: ActionTable = {
  action: 'suspend_cronjob',
  subjects: { 'a CronJob': cronJob },
  notMeant: { cancel: AT_ONCE, conflict: 'it is suspended or it is not: another hand can only have done the same' },
};
