import type { UnhandledView } from '../../api/unhandled/unhandled-view.ts';
import { ago } from '../output/ago.ts';
import type { Paint } from '../output/style.ts';
import { renderFacts, renderTable } from '../output/table.ts';

export interface Look {
  readonly paint: Paint;
  readonly now: number;
}

/** The alerts that no rule wants, for a person, the latest seen first. */
export function describeUnhandled(alerts: readonly UnhandledView[], { paint, now }: Look): string {
  if (alerts.length === 0) return 'No alert went unhandled.';
  const table = renderTable(
    {
      head: ['LAST SEEN', 'TIMES', 'ALERT', 'RULE', 'WHY'],
      rows: alerts.map(({ lastSeen, count, alertName, rule, reason }) => [
        ...[ago(lastSeen, now), String(count), alertName, rule, reason],
      ]),
    },
    paint,
  );
  const [first] = alerts.filter(({ stub }) => stub !== undefined);
  const hint =
    first === undefined ? [] : ['', paint('dim', `A rule to begin with: mendloop unhandled ${first.alertName}`)];
  return [table, ...hint].join('\n');
}

/** One kind of alert in full, with a rule to copy. */
export function describeOne(alert: UnhandledView, { paint, now }: Look): string {
  const { alertName, rule, reason, count, firstSeen, lastSeen, labels, stub } = alert;
  const facts = renderFacts(
    [
      ['alert', alertName],
      ['rule', rule === '' ? 'none' : rule],
      ['why', reason],
      ['seen', `${count} times, first ${ago(firstSeen, now)}, last ${ago(lastSeen, now)}`],
      ...Object.entries(labels).map(([name, value]) => [`label ${name}`, value] as const),
    ],
    paint,
  );
  return stub === undefined ? facts : [facts, '', paint('dim', 'A rule to begin with:'), stub.trimEnd()].join('\n');
}
