import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { AuditKeepingActivities } from '../activities/audit-keeping.ts';

type AuditKeeping = Awaited<ReturnType<AuditKeepingActivities['keepAudit']>>;

const { keepAudit } = proxyActivities<AuditKeepingActivities>({
  startToCloseTimeout: '15m', // A first run verifies the whole log: some ten thousand rows a second.
  scheduleToCloseTimeout: '50m', // Then the next run of an hourly Schedule is due.
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'verify, sign and trim the audit log',
});

/**
 * Keeps the audit log; run by a Schedule. Temporal hands each run the result of the last one that succeeded, so that what
 * the log was is remembered where whoever changes the database does not come: if a place that an earlier run signed is
 * gone or is another, this run fails with `AuditTampered`, and so does every run until a human has looked.
 */
export async function auditRetention(): Promise<AuditKeeping> {
  const previous = workflowInfo().lastResult as AuditKeeping | undefined;
  return await keepAudit(previous === undefined ? {} : { previous });
}
