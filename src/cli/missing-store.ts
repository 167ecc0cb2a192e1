import { existsSync } from 'node:fs';
import type { AuditSettings } from '../config/audit-schema.ts';
import { embeddedFolder } from '../store/open-database.ts';

/**
 * The folder of an embedded store that is not there; undefined if nothing is missing. A command that asks or orders makes no
 * store: an empty one would say of a mistyped path that all is well, and a pause in it would pause nothing.
 */
export function missingStore(settings: Pick<AuditSettings, 'store'>): string | undefined {
  const folder = embeddedFolder(settings);
  return settings.store.type === 'embedded' && !existsSync(folder) ? folder : undefined;
}
