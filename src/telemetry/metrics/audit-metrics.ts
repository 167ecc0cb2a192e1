import type { FailureType } from '../../domain/failures.ts';
import type { MetricFactory } from './metric-factory.ts';

export interface AuditMetrics {
  /** Records are in the audit log for good. `at` in epoch ms, by the clock of whoever wrote them. */
  auditAppended(event: { readonly records: number; readonly at: number }): void;
  auditAppendFailed(reason: FailureType): void;
}

export function auditMetrics(make: MetricFactory): AuditMetrics {
  const appended = make.counter('mendloop_audit_records_total', 'Records appended to the audit log.', []);
  const failures = make.counter('mendloop_audit_append_failures_total', 'Appends that failed.', ['reason']);
  const last = make.gauge(
    'mendloop_audit_last_append_timestamp_seconds',
    'When a record was last appended to the audit log, in seconds since the epoch.',
    [],
  );
  // The first failure has to be an increase.
  failures.inc({ reason: 'AuditUnavailable' }, 0);
  return {
    auditAppended: ({ records, at }) => {
      appended.inc(records);
      last.set(at / 1000);
    },
    auditAppendFailed: (reason) => failures.inc({ reason }),
  };
}
