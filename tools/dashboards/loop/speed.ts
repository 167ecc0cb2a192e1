import { milestones } from '../../../src/domain/remediation/milestone.ts';
import type { Row } from '../row.ts';
import { bars, series } from '../panels.ts';
import { counted, quantile } from './expressions.ts';

/** How many alerts come how far, and how fast. */
export function speedRow(): Row {
  return {
    title: 'From alert to cure',
    panels: [
      bars({
        title: 'Funnel',
        description:
          'Alerts that reached each milestone in the chosen time. Those that policy rejects stop at decided.',
        queries: milestones.map((milestone) => ({
          expr: counted('mendloop_alert_to_milestone_seconds_count', `milestone="${milestone}"`),
          legend: milestone,
        })),
        width: 8,
      }),
      series({
        title: 'Seconds from the start of the alert, p95',
        description: 'The dots are traces of single remediations.',
        queries: [
          {
            expr: quantile(0.95, 'mendloop_alert_to_milestone_seconds', ['milestone']),
            legend: '{{milestone}}',
            exemplars: true,
          },
        ],
        unit: 's',
        width: 8,
        table: true,
      }),
      series({
        title: 'Seconds from the start of the alert, median',
        description: 'The dots are traces of single remediations.',
        queries: [
          {
            expr: quantile(0.5, 'mendloop_alert_to_milestone_seconds', ['milestone']),
            legend: '{{milestone}}',
            exemplars: true,
          },
        ],
        unit: 's',
        width: 8,
        table: true,
      }),
    ],
  };
}
