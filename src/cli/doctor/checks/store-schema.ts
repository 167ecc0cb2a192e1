import { foundSchema, schemaFault } from '../../../store/migrate.ts';
import { type Check, failed, ok } from '../check.ts';

export const storeSchema: Check = {
  code: 'store-schema',
  category: 'store',
  description: 'The schema of the store is one on which this version works.',
  severity: 'fatal',
  deadlineSeconds: 15,
  beforeInstall: false,
  needs: ['store-reachable'],
  async run(world) {
    const found = await foundSchema(await world.database());
    const fault = schemaFault(found);
    return fault === undefined ? ok(`version ${found.version}`) : failed(fault);
  },
};
