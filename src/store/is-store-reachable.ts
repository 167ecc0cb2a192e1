import type { Store } from './store.ts';

/** For `/readyz`: whether the database answers. */
export async function isStoreReachable({ database }: Pick<Store, 'database'>): Promise<boolean> {
  try {
    await database.run({ text: `SELECT 'here' AS answer` });
    return true;
  } catch {
    return false;
  }
}
