import { formatVersion, type Poller, readRouting } from '../../../clients/temporal/routing.ts';
import { taskQueueOf } from '../../../contract/task-queue.ts';
import { type Check, failed, ok } from '../check.ts';

const KINDS = ['workflows', 'activities'] as const;

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
    const taskQueue = taskQueueOf(world.config);
    const found = await Promise.all(
      KINDS.map(async (kind) => ({ kind, ...(await readRouting(client, { taskQueue, kind })) })),
    );
    const idle = found.filter(({ pollers }) => pollers.length === 0).map(({ kind }) => `no worker takes ${kind}`);
    if (idle.length > 0) return failed(`task queue ${taskQueue}`, idle);
    const workers = new Set(found.flatMap(({ pollers }) => pollers.map(({ identity }) => identity)));
    return ok(`${workers.size} on task queue ${taskQueue}${describeVersions(found.flatMap(({ pollers }) => pollers))}`);
  },
};

/** Which versions poll. More than one is a roll-out under way, or a worker that was left behind. */
export function describeVersions(pollers: readonly Poller[]): string {
  const versions = [...new Set(pollers.map(({ version }) => (version ? formatVersion(version) : 'unversioned')))];
  const [first, ...others] = versions.toSorted();
  if (first === undefined || (others.length === 0 && first === 'unversioned')) return '';
  if (others.length === 0) return `, version ${first}`;
  const count = others.length + 1;
  return `, of ${count} versions (${[first, ...others].join(', ')}): a roll-out under way, or workers left behind`;
}
