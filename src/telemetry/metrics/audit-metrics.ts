import type { FailureType } from '../../domain/failures.ts';
import type { MetricFactory } from './metric-factory.ts';

export interface AuditMetrics {
  /** Records are in the audit log for good. `at` in epoch ms, by the clock of the process that wrote them. */
  auditAppended(event: { readonly records: number; readonly at: number }): void;
  auditAppendFailed(reason: FailureType): void;
  /** The log was read and found as it was written, or not. `at` in epoch ms. */
  auditVerified(event: { readonly intact: boolean; readonly at: number }): void;
}

export function auditMetrics(make: MetricFactory): AuditMetrics {
  const appended = make.counter('mendloop_audit_records_total', 'Records appended to the audit log.', []);
  const failures = make.counter('mendloop_audit_append_failures_total', 'Appends that failed.', ['reason']);
  const last = make.gauge(
    'mendloop_audit_last_append_timestamp_seconds',
    'When a record was last appended to the audit log, in seconds since the epoch.',
    [],
  );
  const verified = make.gauge(
    'mendloop_audit_last_verified_timestamp_seconds',
    'When the audit log was last found intact, in seconds since the epoch.',
    [],
  );
  const tampered = make.gauge(
    'mendloop_audit_tampered',
    '1 from when the audit log was found other than it was written, until it is found intact.',
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
    auditVerified: ({ intact, at }) => {
      if (intact) verified.set(at / 1000);
      tampered.set(intact ? 0 : 1);
    },
  };
}
