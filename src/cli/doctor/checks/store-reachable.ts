import { missingStore } from '../../missing-store.ts';
import { type Check, failed, ok } from '../check.ts';

export const storeReachable: Check = {
  code: 'store-reachable',
  category: 'store',
  description: 'The store answers.',
  severity: 'fatal',
  deadlineSeconds: 15,
  beforeInstall: false,
  needs: ['secrets'],
  async run(world) {
    const { store } = world.config.audit;
    const missing = missingStore(world.config.audit);
    if (missing !== undefined) return failed(`there is no store at ${missing}`);
    const database = await world.database();
    await database.run({ text: `SELECT 'here' AS answer` });
    return ok(store.type === 'embedded' ? 'embedded' : `PostgreSQL at ${store.host}:${store.port}/${store.database}`);
  },
};
