import type { AuditKeeper, AuditKeeping } from '../clients/audit/audit-keeper.ts';
import { toApplicationFailure } from './failure.ts';

export type AuditKeepingActivities = ReturnType<typeof createAuditKeepingActivities>;

export function createAuditKeepingActivities({ keeper }: { keeper: AuditKeeper }) {
  return {
    /**
     * Verifies what was appended since `previous`, signs the log's head, removes what is older than the retention.
     * Idempotent: a log at rest is left as it is. Fails with `AuditTampered`, which no retry heals, or `AuditUnavailable`.
     */
    async keepAudit({ previous }: { previous?: AuditKeeping }): Promise<AuditKeeping> {
      try {
        return await keeper.keep(previous);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}
