import type { AuditSettings } from '../../config/audit-schema.ts';
import { openLogForRetention } from '../../store/audit/open-audit-log.ts';
import { pruneAudit } from '../../store/audit/prune-audit.ts';

const REFUSED = 2;

/** Removes what a signer says may go, as a process that cannot sign. */
export async function pruneRows(settings: AuditSettings, { json }: { readonly json?: boolean }): Promise<void> {
  if (settings.prune !== 'apart') {
    throw new Error('audit.prune is worker: the workers remove what is old; set audit.prune: apart');
  }
  const log = await openLogForRetention(settings);
  try {
    const { removed, rowsRemoved, refused } = await pruneAudit({ store: log, retentionDays: settings.retentionDays });
    if (json === true) {
      console.log(JSON.stringify({ removed, rowsRemoved, refused }));
    } else {
      const until = removed === null ? 'nothing was ever removed' : `rows up to ${removed.seq} are removed`;
      console.log(`removed ${rowsRemoved} ${rowsRemoved === 1 ? 'row' : 'rows'}; ${until}`);
      for (const { through, why } of refused) console.log(`not removed: rows up to ${through}: ${why}`);
    }
    if (refused.length > 0) process.exitCode = REFUSED;
  } finally {
    await log.close();
  }
}
