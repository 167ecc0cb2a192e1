import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { promotedEntry } from '../../domain/audit/settings-entry.ts';
import { openAuditLog } from '../../store/audit/open-audit-log.ts';
import { missingStore } from '../missing-store.ts';
import { describeStore } from '../running.ts';
import type { PlannedPromotion } from './plan-promotion.ts';

/**
 * Writes into the audit log that a rule goes a stage further. Where there is no store yet, nothing acts by the flag file
 * either: that is said, and it goes on.
 *
 * @throws MendloopError `AuditUnavailable`.
 */
export async function recordPromotion(
  config: Pick<Config, 'audit'>,
  { plan, file, by }: { readonly plan: PlannedPromotion; readonly file: string; readonly by: string },
): Promise<void> {
  const { rule, from, to = from } = plan;
  const missing = missingStore(config.audit);
  if (missing !== undefined) {
    console.error(`not recorded: there is no store at ${missing}`);
    return;
  }
  console.error(`store: ${describeStore(config)}`);
  const log = await openAuditLog(config.audit);
  try {
    const at = new Date().toISOString();
    await log.append([promotedEntry({ at, id: randomUUID(), by, rule, from, to, file: resolve(file) })]);
  } finally {
    await log.close();
  }
}
