import { schemaVersions } from '../../../store/migrate.ts';
import { type Check, failed, ok } from '../check.ts';

export const storeSchema: Check = {
  code: 'store-schema',
  category: 'store',
  description: 'The schema of the store is the one that this version writes.',
  severity: 'fatal',
  deadlineSeconds: 15,
  beforeInstall: false,
  needs: ['store-reachable'],
  async run(world) {
    const { found, wanted } = await schemaVersions(await world.database());
    if (found === wanted) return ok(`version ${found}`);
    return failed(found === 0 ? 'there is no schema' : `version ${found}, not ${wanted}`);
  },
};
