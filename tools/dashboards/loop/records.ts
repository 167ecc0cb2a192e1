import type { Row } from '../row.ts';
import { series } from '../panels.ts';
import { countedBy, JOB } from './expressions.ts';

/** Who was told, and what was written down. */
export function recordsRow(): Row {
  return {
    title: 'People and records',
    panels: [
      series({
        title: 'Notices',
        description: 'By kind of channel. failed is tried again; rejected never is.',
        queries: [
          {
            expr: countedBy('channel_type, result', 'mendloop_notifications_total'),
            legend: '{{channel_type}}: {{result}}',
          },
        ],
        stacked: true,
      }),
      series({
        title: 'Audit records',
        description: 'Appended, and attempts that failed. While the log refuses, no change begins.',
        queries: [
          { expr: `sum(increase(mendloop_audit_records_total{${JOB}}[$__rate_interval]))`, legend: 'appended' },
          { expr: countedBy('reason', 'mendloop_audit_append_failures_total'), legend: 'failed: {{reason}}' },
        ],
        stacked: true,
      }),
    ],
  };
}
