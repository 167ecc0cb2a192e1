import type { Row } from '../row.ts';
import { series, stat } from '../panels.ts';
import { counted, countedBy } from './expressions.ts';

/** How remediations ended, and what they did. */
export function outcomesRow(): Row {
  return {
    title: 'What came of it',
    panels: [
      stat({
        title: 'Cures',
        description: 'Remediations whose cure was proven from fresh metrics, in the chosen time.',
        queries: [{ expr: counted('remediation_success_total'), legend: 'cures' }],
        decimals: 0,
        width: 4,
      }),
      stat({
        title: 'Time saved',
        description: 'What a human would have taken for the same cures, less what they took.',
        queries: [
          {
            expr:
              `${counted('remediation_success_total')} * $human_minutes * 60` +
              ` - ${counted('mendloop_alert_to_milestone_seconds_sum', 'milestone="verified"')}`,
            legend: 'saved',
          },
        ],
        unit: 's',
        width: 4,
      }),
      stat({
        title: 'Rolled back',
        description: 'Of the remediations that changed something and ended by themselves, the share that was put back.',
        queries: [
          {
            expr:
              counted('mendloop_remediations_total', 'outcome="rolled_back"') +
              ` / (${counted('mendloop_remediations_total', 'outcome=~"remediated|rolled_back"')} > 0)`,
            legend: 'rolled back',
          },
        ],
        unit: 'percentunit',
        warnAt: 0.1,
        badAt: 0.25,
        width: 4,
      }),
      series({
        title: 'Outcomes',
        description: 'Remediations that ended.',
        queries: [{ expr: countedBy('outcome', 'mendloop_remediations_total'), legend: '{{outcome}}' }],
        stacked: true,
      }),
      series({
        title: 'By action and mode',
        description: 'Remediations that ended, by what they did and how far they might go by themselves.',
        queries: [{ expr: countedBy('action, mode', 'mendloop_remediations_total'), legend: '{{action}}, {{mode}}' }],
        stacked: true,
        width: 8,
      }),
      series({
        title: 'Decisions by rule',
        description: 'What policy said. A rule named none is an alert that no rule wants.',
        queries: [{ expr: countedBy('rule, verdict', 'mendloop_decisions_total'), legend: '{{rule}}: {{verdict}}' }],
        stacked: true,
        width: 8,
      }),
      series({
        title: 'Changes of targets',
        description: 'Attempts to change, or to change back. left_alone: somebody else had changed it meanwhile.',
        queries: [{ expr: countedBy('action, result', 'mendloop_effects_total'), legend: '{{action}}: {{result}}' }],
        stacked: true,
        width: 8,
      }),
    ],
  };
}
