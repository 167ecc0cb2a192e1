import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownKey } from '../../clients/keys/ed25519.ts';
import type { AuditSettings } from '../../config/audit-schema.ts';
import { resolveSecret } from '../../config/secret.ts';
import type { VerifySignature } from '../../domain/audit/checkpoint.ts';
import type { Database } from '../database.ts';
import { embeddedFolder, openDatabase } from '../open-database.ts';
import type { AuditStore } from './audit-log.ts';
import { auditUnavailable } from './audit-unavailable.ts';
import { createVerifier } from './signing-key.ts';
import { SqlAuditLog } from './sql-audit-log.ts';

/**
 * The audit log of the settings, without the rest of the store. An embedded one is made where there is none yet; a
 * PostgreSQL database must have been prepared by `mendloop audit migrate`.
 *
 * @throws MendloopError `AuditUnavailable` if it cannot be reached or is not prepared.
 */
export async function openAuditLog(settings: AuditSettings): Promise<AuditStore> {
  const database = await openDatabase(settings).catch((error: unknown) => {
    throw auditUnavailable(error);
  });
  return auditLogOf(settings, database);
}

/**
 * The log as retention sees it that runs apart from the signer: with the login of `store.retention` alone, and with the
 * public keys of `trustedKeyFiles`. The signing key is not read.
 *
 * @throws MendloopError `AuditUnavailable`; `Internal` if a file holds no key; Error if one cannot be read.
 */
export async function openLogForRetention(settings: AuditSettings): Promise<AuditStore> {
  const verifySignature = createVerifier(settings.trustedKeyFiles.map((file) => readFileSync(file, 'utf8')));
  const database = await openDatabase(settings, 'mendloop_retention').catch((error: unknown) => {
    throw auditUnavailable(error);
  });
  return new SqlAuditLog({ database, verifySignature });
}

/**
 * The audit log in a database that is open; closing it closes that. Keys are read when something is verified: the API
 * only appends, and needs none.
 */
export function auditLogOf(settings: AuditSettings, database: Database): AuditStore {
  let verify: VerifySignature | undefined;
  const verifySignature: VerifySignature = (signed) => (verify ??= createVerifier(trustedKeys(settings)))(signed);
  return new SqlAuditLog({ database, verifySignature });
}

/** The private key, in PEM form, that checkpoints are signed with. */
export function signingKey(settings: AuditSettings): string {
  if (settings.signingKey !== undefined) return resolveSecret(settings.signingKey);
  return ownKey(join(embeddedFolder(settings), 'signing-key.pem'));
}

/** Our own key's checkpoints are believed, and those of the keys that are named. */
function trustedKeys(settings: AuditSettings): string[] {
  return [signingKey(settings), ...settings.trustedKeyFiles.map((file) => readFileSync(file, 'utf8'))];
}
