import { retentionOf } from '../../../clients/temporal/ensure-namespace.ts';
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
    return (await retentionOf(client)) === undefined ? failed(`there is no namespace ${namespace}`) : ok(namespace);
  },
};
