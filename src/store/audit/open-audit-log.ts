import { readFileSync } from 'node:fs';
import type { AuditSettings } from '../../config/audit-schema.ts';
import { resolveSecret } from '../../config/secret.ts';
import type { Database } from '../database.ts';
import { embeddedFolder, openDatabase } from '../open-database.ts';
import type { AuditStore } from './audit-log.ts';
import { auditUnavailable } from './audit-unavailable.ts';
import { createVerifier, ownKey } from './signing-key.ts';
import { SqlAuditLog } from './sql-audit-log.ts';

/**
 * The audit log of the settings, without the rest of the store. An embedded one is made where there is none yet; a
 * PostgreSQL database must have been prepared by `mendloop audit migrate`.
 *
 * @throws MendloopError `AuditUnavailable` if it cannot be reached or is not prepared; `Internal` for a broken key.
 */
export async function openAuditLog(settings: AuditSettings): Promise<AuditStore> {
  const verifySignature = createVerifier(trustedKeys(settings));
  const database = await openDatabase(settings).catch((error: unknown) => {
    throw auditUnavailable(error);
  });
  return new SqlAuditLog({ database, verifySignature });
}

/** The audit log in a database that is open; closing it closes that. @throws MendloopError `Internal` for a broken key. */
export function auditLogOf(settings: AuditSettings, database: Database): AuditStore {
  return new SqlAuditLog({ database, verifySignature: createVerifier(trustedKeys(settings)) });
}

/** The private key, in PEM form, that checkpoints are signed with. */
export function signingKey(settings: AuditSettings): string {
  if (settings.signingKey !== undefined) return resolveSecret(settings.signingKey);
  return ownKey(embeddedFolder(settings));
}

/** Our own key's checkpoints are believed, and those of the keys that are named. */
function trustedKeys(settings: AuditSettings): string[] {
  return [signingKey(settings), ...settings.trustedKeyFiles.map((file) => readFileSync(file, 'utf8'))];
}
