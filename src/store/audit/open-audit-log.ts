import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditSettings } from '../../config/audit-schema.ts';
import { resolveSecret } from '../../config/secret.ts';
import { stateFolder } from '../../config/state-folder.ts';
import type { AuditStore } from './audit-log.ts';
import type { AuditDatabase } from './database.ts';
import { openEmbeddedDatabase } from './embedded/embedded-database.ts';
import { checkSchema } from './migrate.ts';
import { openPostgresDatabase } from './postgres-database.ts';
import { createVerifier, ownKey } from './signing-key.ts';
import { SqlAuditLog } from './sql-audit-log.ts';

/**
 * The audit log of the settings. An embedded one is made where there is none yet; a PostgreSQL database must have been
 * prepared by `mendloop audit migrate`.
 *
 * @throws MendloopError `AuditUnavailable` if it cannot be reached or is not prepared; `Internal` for a broken key.
 */
export async function openAuditLog(settings: AuditSettings): Promise<AuditStore> {
  const verifySignature = createVerifier(trustedKeys(settings));
  const database = await openDatabase(settings);
  try {
    await checkSchema(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return new SqlAuditLog({ database, verifySignature });
}

/** The private key, in PEM form, that checkpoints are signed with. */
export function signingKey(settings: AuditSettings): string {
  if (settings.signingKey !== undefined) return resolveSecret(settings.signingKey);
  return ownKey(embeddedFolder(settings));
}

/** Where an embedded database is, or would be. */
export function embeddedFolder({ store }: AuditSettings): string {
  return (store.type === 'embedded' ? store.folder : undefined) ?? join(stateFolder(), 'audit');
}

/** Our own key's checkpoints are believed, and those of the keys that are named. */
function trustedKeys(settings: AuditSettings): string[] {
  return [signingKey(settings), ...settings.trustedKeyFiles.map((file) => readFileSync(file, 'utf8'))];
}

async function openDatabase(settings: AuditSettings): Promise<AuditDatabase> {
  const { store, timeoutSeconds } = settings;
  if (store.type === 'embedded') return await openEmbeddedDatabase(embeddedFolder(settings));
  return openPostgresDatabase({ settings: store, timeoutSeconds });
}
