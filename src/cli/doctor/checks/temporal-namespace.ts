import { GrpcCode, grpcFault, inTime, temporalFailure } from '../../../clients/temporal/temporal-failure.ts';
import { type Check, failed, ok } from '../check.ts';

export const temporalNamespace: Check = {
  code: 'temporal-namespace',
  category: 'temporal',
  description: 'The namespace is there.',
  severity: 'fatal',
  deadlineSeconds: 10,
  beforeInstall: true,
  needs: ['temporal-reachable'],
  async run(world) {
    const { client } = await world.temporal();
    const { namespace } = client.options;
    try {
      await inTime(client, () => client.workflowService.describeNamespace({ namespace }));
      return ok(namespace);
    } catch (error) {
      if (grpcFault(error)?.code === GrpcCode.NotFound) return failed(`there is no namespace ${namespace}`);
      throw temporalFailure(error);
    }
  },
};
