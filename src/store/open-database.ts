import { join } from 'node:path';
import type { AuditSettings } from '../config/audit-schema.ts';
import { stateFolder } from '../config/state-folder.ts';
import type { Database, DatabaseRole } from './database.ts';
import { openEmbeddedDatabase } from './embedded/embedded-database.ts';
import { checkSchema } from './migrate.ts';
import { openPostgresDatabase } from './postgres-database.ts';

/** Where the database is, and how long a statement may take. */
export type DatabaseSettings = Pick<AuditSettings, 'store' | 'timeoutSeconds'>;

/**
 * The database of the settings. An embedded one is made where there is none yet; a PostgreSQL database must have been
 * prepared by `mendloop audit migrate`.
 *
 * @throws MendloopError `StoreUnavailable` if it cannot be reached or is not prepared.
 */
export async function openDatabase(settings: DatabaseSettings, as?: DatabaseRole): Promise<Database> {
  const database = await openUnchecked(settings, as);
  try {
    await checkSchema(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** The same, whatever is in it. PostgreSQL is reached when it is first asked; `as`: with no other role than this. */
export async function openUnchecked(settings: DatabaseSettings, as?: DatabaseRole): Promise<Database> {
  const { store, timeoutSeconds } = settings;
  return store.type === 'embedded'
    ? await openEmbeddedDatabase(embeddedFolder(settings))
    : openPostgresDatabase({ settings: store, timeoutSeconds, ...(as !== undefined && { as }) });
}

/** Where an embedded database is, or would be. */
export function embeddedFolder({ store }: Pick<AuditSettings, 'store'>): string {
  return (store.type === 'embedded' ? store.folder : undefined) ?? join(stateFolder(), 'audit');
}
