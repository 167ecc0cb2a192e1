import { inTime } from '../../../clients/temporal/temporal-failure.ts';
import { type Check, ok } from '../check.ts';

export const temporalReachable: Check = {
  code: 'temporal-reachable',
  category: 'temporal',
  description: 'Temporal answers at its address, with the credentials of its configuration.',
  severity: 'fatal',
  deadlineSeconds: 15,
  beforeInstall: true,
  needs: ['settings'],
  async run(world) {
    const { client, address } = await world.temporal();
    const { serverVersion } = await inTime(client, () => client.workflowService.getSystemInfo({}));
    return ok(`server ${serverVersion} at ${address}`);
  },
};
