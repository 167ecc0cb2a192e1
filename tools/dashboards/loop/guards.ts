import type { Row } from '../row.ts';
import { series } from '../panels.ts';
import { countedBy, gauge, JOB } from './expressions.ts';

/** What holds remediations back. */
export function guardsRow(): Row {
  return {
    title: 'Money and guards',
    panels: [
      series({
        title: 'Budget',
        description: 'A day: what may be spent, what runs or is committed, and what is reserved for those at work.',
        queries: ['daily', 'spent', 'reserved'].map((figure) => ({
          expr: `max by (budget, scope, currency) (mendloop_budget_${figure}{${JOB}})`,
          legend: `${figure}: {{budget}} {{scope}} ({{currency}})`,
        })),
        width: 8,
        table: true,
      }),
      series({
        title: 'Turned away by guards',
        description: 'Remediations that a guard refused, by reason.',
        queries: [{ expr: countedBy('reason', 'mendloop_guard_refusals_total'), legend: '{{reason}}' }],
        stacked: true,
        width: 8,
      }),
      series({
        title: 'Guards over time',
        description: 'Remediations let through and in line, and breakers that opened or closed.',
        queries: [
          { expr: gauge('mendloop_guard_active_remediations'), legend: 'let through' },
          { expr: gauge('mendloop_queue_depth'), legend: 'in line' },
          { expr: countedBy('to', 'mendloop_breaker_transitions_total'), legend: 'breaker {{to}}' },
        ],
        width: 8,
      }),
    ],
  };
}
