import { inTime } from '../../../clients/temporal/temporal-failure.ts';
import { type Check, failed, ok, skipped } from '../check.ts';

/** The oldest server that the tests have run against. */
const OLDEST = { major: 1, minor: 29 };

export const temporalVersion: Check = {
  code: 'temporal-version',
  category: 'temporal',
  description: 'Temporal is of a version that Mendloop is tested with.',
  severity: 'warning',
  deadlineSeconds: 10,
  beforeInstall: true,
  needs: ['temporal-reachable'],
  async run(world) {
    const { client } = await world.temporal();
    const { serverVersion } = await inTime(client, () => client.workflowService.getSystemInfo({}));
    const [major, minor] = serverVersion.split('.').map(Number);
    if (major === undefined || minor === undefined || Number.isNaN(major + minor)) {
      return skipped(`the server does not say its version in numbers: ${serverVersion}`);
    }
    const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
    return isOld ? failed(`${serverVersion} is older than ${OLDEST.major}.${OLDEST.minor}`) : ok(serverVersion);
  },
};
