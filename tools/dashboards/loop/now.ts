import type { Row } from '../row.ts';
import { stat } from '../panels.ts';
import { gauge } from './expressions.ts';

/** What goes on at this moment. */
export function nowRow(): Row {
  return {
    title: 'Now',
    panels: [
      stat({
        title: 'At work',
        description: 'Remediations on the way to their cure or their end.',
        queries: [{ expr: gauge('mendloop_remediations_running', 'phase="working"'), legend: 'working' }],
      }),
      stat({
        title: 'Watching',
        description: 'Cured; open until their alert resolves.',
        queries: [{ expr: gauge('mendloop_remediations_running', 'phase="watching"'), legend: 'watching' }],
      }),
      stat({
        title: 'Overdue',
        description: 'No outcome half an hour after the start, and waiting for nobody. Look at their pending activity.',
        queries: [{ expr: gauge('mendloop_remediations_overdue'), legend: 'overdue' }],
        badAt: 1,
      }),
      stat({
        title: 'In line',
        description: 'Waiting for a place in the cluster.',
        queries: [{ expr: gauge('mendloop_queue_depth'), legend: 'in line' }],
        warnAt: 1,
      }),
      stat({
        title: 'Breakers open',
        description: 'Targets on which too many remediations have failed.',
        queries: [{ expr: gauge('mendloop_breakers_open'), legend: 'open' }],
        badAt: 1,
      }),
      stat({
        title: 'Paused',
        description: '1: a human has stopped all changes.',
        queries: [{ expr: gauge('mendloop_paused'), legend: 'paused' }],
        warnAt: 1,
      }),
      stat({
        title: 'Policy broken',
        description: '1: the newest bundle was refused, and the last good one is in use.',
        queries: [{ expr: gauge('mendloop_policy_broken'), legend: 'broken' }],
        badAt: 1,
      }),
      stat({
        title: 'Last audit record',
        description: 'How long ago.',
        queries: [{ expr: `time() - ${gauge('mendloop_audit_last_append_timestamp_seconds')}`, legend: 'ago' }],
        unit: 's',
        decimals: 0,
      }),
    ],
  };
}
