import type { GuardOverview, LedgerReading, TargetReading } from '../../domain/guards/overview.ts';
import type { WindowReading } from '../../domain/windows/calendar.ts';
import { holdsBack } from '../../domain/windows/holds-back.ts';
import { describeWindows } from '../windows/describe-windows.ts';
import { duration } from '../output/ago.ts';
import type { Paint } from '../output/style.ts';
import { type Cell, renderFacts, renderTable } from '../output/table.ts';

interface Look {
  readonly paint: Paint;
  readonly now: number;
}

/** What holds remediations back, for a person. */
export function describeGuards(overview: GuardOverview, look: Look): string {
  const { paint } = look;
  const sections = [
    cluster(overview, look),
    windows(overview.windows ?? [], look),
    targets(overview.targets, look),
    ledgers(overview.ledgers, look),
    overview.truncated ? paint('dim', 'There are more; these are the latest.') : '',
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function cluster({ cluster: name, guard }: GuardOverview, { paint, now }: Look): string {
  const { paused, holders, queue, actionsInLastHour, limits } = guard.state;
  const pause = paused && {
    text: `paused for ${duration(now - paused.since)} by ${paused.by}: ${paused.reason}`,
    tone: 'bad' as const,
  };
  return renderFacts(
    [
      ['Cluster', name],
      ['Changes', pause ?? { text: 'allowed', tone: 'good' }],
      ['At work', `${holders.length} of ${limits.maxConcurrent}`],
      ['Waiting', String(queue.length)],
      ['Changes in the last hour', `${actionsInLastHour} of ${limits.maxActionsPerHour}`],
    ],
    paint,
  );
}

/** Those that hold something back now; `mendloop windows` has all. */
function windows(readings: readonly WindowReading[], look: Look): string {
  const closed = readings.filter(holdsBack);
  return closed.length === 0 ? '' : describeWindows(closed, look);
}

function targets(readings: readonly TargetReading[], { paint, now }: Look): string {
  const rows = readings.map((reading): (string | Cell)[] => {
    const { breaker, holder, queue, joined, cooldowns } = reading.state;
    const until = breaker.until === undefined ? '' : `, for ${duration(breaker.until - now)}`;
    const text = breaker.status === 'closed' ? 'closed' : `${breaker.status.replace('_', '-')}${until}`;
    const waits = cooldowns.map(({ action, until: end }) => `${action} ${duration(end - now)}`).join(', ');
    return [
      { text, tone: breaker.status === 'closed' ? 'good' : 'bad' },
      holder === undefined ? '' : duration(now - holder.since),
      queue.length === 0 ? '' : String(queue.length),
      joined === 0 ? '' : String(joined),
      waits,
      reading.target,
    ];
  });
  return rows.length === 0
    ? ''
    : renderTable({ head: ['BREAKER', 'HELD FOR', 'WAITING', 'JOINED', 'COOLDOWN', 'TARGET'], rows }, paint);
}

function ledgers(readings: readonly LedgerReading[], { paint }: Look): string {
  const money = (amount: number | undefined) => (amount === undefined ? '' : amount.toFixed(2));
  const rows = readings.map((reading): (string | Cell)[] => {
    const { budget, scope } = reading;
    const { daily, held, reservations, reading: usage } = reading.state;
    return [budget, scope, money(daily), money(usage?.usage), money(held), String(reservations.length)];
  });
  return rows.length === 0
    ? ''
    : renderTable({ head: ['BUDGET', 'SCOPE', 'A DAY', 'RUNS NOW', 'HELD', 'RESERVATIONS'], rows }, paint);
}
