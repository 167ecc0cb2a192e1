import { type Dashboard, DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard';
import { guardsRow } from './loop/guards.ts';
import { itselfRow } from './loop/itself.ts';
import { nowRow } from './loop/now.ts';
import { outcomesRow } from './loop/outcomes.ts';
import { recordsRow } from './loop/records.ts';
import { speedRow } from './loop/speed.ts';
import { upgradesRow } from './loop/upgrades.ts';
import { withRows } from './row.ts';
import { datasourceVariable, labelVariable, textVariable } from './variables.ts';

/** Mendloop as a whole: from alert to cure, what came of it, what it cost, what holds it back. */
export function loopDashboard(): Dashboard {
  const dashboard = new DashboardBuilder('Mendloop: the loop')
    .uid('mendloop-loop')
    .description('From alert to cure: how many, how fast, how they ended, what they cost, what holds them back.')
    .tags(['mendloop'])
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .withVariable(datasourceVariable())
    .withVariable(
      labelVariable({ name: 'job', label: 'Installation', metric: 'mendloop_alerts_total', of: 'job', all: true }),
    )
    .withVariable(textVariable('human_minutes', 'Minutes a human takes', '30'));
  const rows = [nowRow(), speedRow(), outcomesRow(), guardsRow(), recordsRow(), itselfRow(), upgradesRow()];
  return withRows(dashboard, rows).build();
}
