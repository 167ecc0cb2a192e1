import { existsSync } from 'node:fs';
import type { AuditLog } from '../../store/audit/audit-log.ts';
import { embeddedFolder, openAuditLog } from '../../store/audit/open-audit-log.ts';
import type { AuditSettings } from '../../config/audit-schema.ts';

/**
 * The log of the settings, for reading. A folder that is not there is no empty log: making one would say of a mistyped
 * path that all is well.
 */
export async function openExisting(settings: AuditSettings): Promise<AuditLog> {
  const folder = embeddedFolder(settings);
  if (settings.store.type === 'embedded' && !existsSync(folder)) throw new Error(`there is no audit log at ${folder}`);
  return await openAuditLog(settings);
}
