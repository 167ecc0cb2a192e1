import type { AuditLog } from '../store/audit/audit-log.ts';
import type { AuditEntry } from '../domain/audit/audit-entry.ts';
import { toApplicationFailure } from './failure.ts';

export type AuditActivities = ReturnType<typeof createAuditActivities>;

export function createAuditActivities({ audit }: { audit: AuditLog }) {
  return {
    /**
     * Appends entries to the audit log; durable when it ends. Idempotent by each entry's `key`: a retry after a lost answer
     * appends nothing again. Fails with `AuditUnavailable`, to be tried again: then no effect may start.
     */
    async recordAudit({ entries }: { entries: readonly AuditEntry[] }): Promise<void> {
      try {
        await audit.append(entries);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}
