import { formatVersion, readRouting, withoutCurrent } from '../../../clients/temporal/routing.ts';
import { taskQueueOf } from '../../../contract/task-queue.ts';
import { type Check, failed, ok, skipped } from '../check.ts';

export const temporalCurrentVersion: Check = {
  code: 'temporal-current-version',
  category: 'temporal',
  description: 'Where workers are versioned, their deployment has a current version: ordinary starts go to no other.',
  severity: 'fatal',
  deadlineSeconds: 10,
  beforeInstall: false,
  needs: ['temporal-workers'],
  async run(world) {
    const { client } = await world.temporal();
    const routing = await readRouting(client, { taskQueue: taskQueueOf(world.config), kind: 'workflows' });
    const waiting = withoutCurrent(routing);
    if (waiting.length > 0)
      return failed('no version is current: no worker is given a start', waiting.map(formatVersion));
    return routing.current === undefined ? skipped('workers are unversioned') : ok(formatVersion(routing.current));
  },
};
