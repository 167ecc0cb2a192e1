import proto from '@temporalio/proto';
import { taskQueueOf } from '../../../contract/task-queue.ts';
import { inTime } from '../../../clients/temporal/temporal-failure.ts';
import { type Check, failed, ok } from '../check.ts';

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;
const KINDS = { workflows: TASK_QUEUE_TYPE_WORKFLOW, activities: TASK_QUEUE_TYPE_ACTIVITY };

/** Temporal remembers who polled for some minutes; a poll that nothing answers is renewed every minute. */
const RECENT_MS = 120_000;

export const temporalWorkers: Check = {
  code: 'temporal-workers',
  category: 'temporal',
  description: 'A worker polls the task queue, for workflows and for activities.',
  severity: 'fatal',
  deadlineSeconds: 10,
  beforeInstall: false,
  needs: ['temporal-namespace'],
  async run(world) {
    const { client } = await world.temporal();
    const { namespace } = client.options;
    const name = taskQueueOf(world.config);
    const found = await Promise.all(
      Object.entries(KINDS).map(async ([kind, taskQueueType]) => {
        const asked = { namespace, taskQueue: { name }, taskQueueType };
        const { pollers } = await inTime(client, () => client.workflowService.describeTaskQueue(asked));
        const recent = pollers.filter(
          ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < RECENT_MS,
        );
        return { kind, identities: recent.map(({ identity }) => identity ?? '') };
      }),
    );
    const idle = found.filter(({ identities }) => identities.length === 0).map(({ kind }) => `no worker takes ${kind}`);
    if (idle.length > 0) return failed(`task queue ${name}`, idle);
    const workers = new Set(found.flatMap(({ identities }) => identities));
    return ok(`${workers.size} on task queue ${name}`);
  },
};
