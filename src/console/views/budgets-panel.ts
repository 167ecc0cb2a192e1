import { sumOf } from '../../domain/cost/money.ts';
import { empty, loading, panel } from '../parts/layout.ts';
import { data, moment } from '../parts/text.ts';
import type { LedgerReading } from '../types.ts';
import { h, type VNode } from '../element.ts';
import type { NowModel } from './models.ts';

/** What each budget has, what runs, and what is held for changes. */
export function budgetsPanel({ guards, now }: NowModel): VNode {
  const ledgers = guards.value?.ledgers ?? [];
  return panel(
    { id: 'budgets', title: 'Budgets' },
    guards.isPending && loading('the budgets'),
    guards.value !== undefined && ledgers.length === 0 && empty('No change has asked for money today.'),
    ledgers.length > 0 &&
      h(
        'ul',
        { class: 'budgets', role: 'list' },
        ledgers.map((ledger) => budget(ledger, now)),
      ),
  );
}

function budget(ledger: LedgerReading, now: number): VNode {
  const name = h(
    'span',
    { class: 'budget-name' },
    data(ledger.budget, 80),
    h('span', { class: 'muted' }, ' · ', data(ledger.scope, 80)),
  );
  const key = `${ledger.budget} ${ledger.scope}`;
  const { daily, currency = '', reading, held, reservations } = ledger.state;
  const runs = reading?.usage ?? 0;
  const money = (amount: number) => `${amount.toFixed(2)} ${currency}`.trim();
  const used = sumOf([runs, held]);
  return h(
    'li',
    { key, class: 'budget' },
    h(
      'div',
      { class: 'budget-head' },
      name,
      h('span', {}, `${money(used)} of ${daily === undefined ? 'an unknown amount' : money(daily)} a day`),
    ),
    daily !== undefined && bar({ runs, held, daily }),
    h(
      'p',
      { class: 'row-text' },
      reading === undefined
        ? 'what runs is not known'
        : ['runs ', money(runs), ' (', moment(reading.measuredAt, now), ')'],
      `, held ${money(held)} for ${reservations.length} ${reservations.length === 1 ? 'change' : 'changes'}`,
    ),
  );
}

/** The words beside it say the same. */
function bar({ runs, held, daily }: { runs: number; held: number; daily: number }): VNode {
  const whole = Math.max(daily, runs + held, 0.000001);
  const percent = (amount: number) => Math.round((1000 * amount) / whole) / 10;
  return h(
    'svg',
    { class: 'bar', viewBox: '0 0 100 6', width: 100, height: 6, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    h('rect', { class: 'bar-all', width: 100, height: 6 }),
    h('rect', { class: 'bar-runs', width: percent(runs), height: 6 }),
    h('rect', { class: 'bar-held', x: percent(runs), width: percent(held), height: 6 }),
    runs + held > daily && h('rect', { class: 'bar-over', x: percent(daily), width: 100 - percent(daily), height: 6 }),
  );
}
