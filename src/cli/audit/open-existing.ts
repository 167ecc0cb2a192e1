import type { AuditLog } from '../../store/audit/audit-log.ts';
import { openAuditLog } from '../../store/audit/open-audit-log.ts';
import type { AuditSettings } from '../../config/audit-schema.ts';
import { missingStore } from '../missing-store.ts';

/** The log of the settings, for reading. */
export async function openExisting(settings: AuditSettings): Promise<AuditLog> {
  const missing = missingStore(settings);
  if (missing !== undefined) throw new Error(`there is no audit log at ${missing}`);
  return await openAuditLog(settings);
}
