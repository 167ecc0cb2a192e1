import type { TemporalLink } from '../../src/clients/temporal/connect.ts';
import type { bareScale } from '../bare/workflows.ts';
import { BARE_TASK_QUEUE } from '../bare/bare-worker.ts';
import type { Contestant } from './contestant.ts';
import { changeOf } from './patch.ts';

/** The floor of durability: a workflow with one activity, the PATCH. Started eagerly, as Mendloop starts its own. */
export function bareWorkflow({ client }: TemporalLink): Contestant {
  return {
    name: 'workflow',
    begin: async (target) => {
      await client.workflow.start<typeof bareScale>('bareScale', {
        workflowId: `bench/workflow/${target.key}`,
        taskQueue: BARE_TASK_QUEUE,
        args: [changeOf(target, 'workflow')],
        requestEagerStart: true,
      });
    },
    finish: async ({ key }) => {
      await client.workflow.getHandle(`bench/workflow/${key}`).result();
    },
  };
}
