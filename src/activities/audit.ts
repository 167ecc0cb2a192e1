import type { AuditLog } from '../clients/audit/audit-log.ts';
import type { AuditEntry } from '../domain/audit/audit-entry.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';

export type AuditActivities = ReturnType<typeof createAuditActivities>;

export interface AuditActivityParts {
  readonly audit: AuditLog;
  /** Absent: nobody counts. */
  readonly metrics?: Pick<Metrics, 'auditAppended' | 'auditAppendFailed'>;
}

export function createAuditActivities({ audit, metrics }: AuditActivityParts) {
  return {
    /**
     * Appends entries to the audit log; durable when it ends. Idempotent by each entry's `key`: a retry after a lost answer
     * appends nothing again. Fails with `AuditUnavailable`, to be tried again: then no effect may start.
     */
    async recordAudit({ entries }: { entries: readonly AuditEntry[] }): Promise<void> {
      try {
        await audit.append(entries);
        metrics?.auditAppended({ records: entries.length, at: Date.now() });
      } catch (error) {
        metrics?.auditAppendFailed(error instanceof MendloopError ? error.type : 'Internal');
        throw toApplicationFailure(error);
      }
    },
  };
}
