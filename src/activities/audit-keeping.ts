import type { AuditKeeper, AuditKeeping } from '../store/audit/audit-keeper.ts';
import type { Logger } from 'pino';
import { isTampering } from '../domain/failures.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';

export type AuditKeepingActivities = ReturnType<typeof createAuditKeepingActivities>;

export interface AuditKeepingParts {
  readonly keeper: AuditKeeper;
  /** Removes incidents that are older than what is kept. Gives how many. */
  readonly forgetIncidents: () => Promise<number>;
  readonly metrics: Pick<Metrics, 'auditVerified'>;
  /** `info`: for anchors. */
  readonly logger: Pick<Logger, 'error'> & Partial<Pick<Logger, 'info'>>;
}

export function createAuditKeepingActivities({ keeper, forgetIncidents, metrics, logger }: AuditKeepingParts) {
  return {
    /**
     * Verifies what was appended since `previous`, signs the log's head, removes what is older than the retention.
     * Idempotent: a log at rest is left as it is. Fails with `AuditTampered`, which no retry heals, or `AuditUnavailable`.
     */
    async keepAudit({ previous }: { previous?: AuditKeeping }): Promise<AuditKeeping> {
      try {
        const keeping = await keeper.keep(previous);
        await forgetIncidents();
        metrics.auditVerified({ intact: true, at: Date.now() });
        // A writer of the database does not reach where logs are collected.
        if (keeping.signed !== null) {
          const { seq, hash } = keeping.signed;
          logger.info?.(
            { anchor: `${seq}:${hash}` },
            'the audit log was verified; `mendloop audit verify --anchor` takes this anchor',
          );
        }
        return keeping;
      } catch (error) {
        if (isTampering(error)) {
          metrics.auditVerified({ intact: false, at: Date.now() });
          logger.error({ err: error }, 'the audit log is not as it was written; look with `mendloop audit verify`');
        }
        throw toApplicationFailure(error);
      }
    },
  };
}
