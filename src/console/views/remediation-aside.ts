import { isOrdered } from '../../domain/remediation/describe-fault.ts';
import { badge, icon } from '../parts/icon.ts';
import { facts, panel } from '../parts/layout.ts';
import { code, data, longData, moment, name, path } from '../parts/text.ts';
import { type Child, h, type VNode } from '../element.ts';
import { explainDecision } from '../words/explain-decision.ts';
import { stepLabel } from '../words/labels.ts';
import type { Shown } from './models.ts';

const MAX_LABELS = 60;

/** What policy decided, and on what terms. */
export function decisionPanel({ detail }: Shown): VNode | false {
  const { decision, planned } = detail.status ?? {};
  if (decision === undefined) return false;
  const { verdict, facts: rows, queries } = explainDecision(decision, planned?.title);
  return panel(
    { id: 'decision', title: 'Decision' },
    h('p', { class: 'panel-line' }, data(verdict, 1200)),
    facts(rows.map(([key, value]): [string, Child] => [key, key === 'Rule' ? name(value) : data(value, 600)])),
    queries.length > 0 &&
      h(
        'details',
        {},
        h('summary', {}, queries.length === 1 ? 'The query' : `The ${queries.length} queries`),
        queries.map(([of, text]) => [h('h3', {}, data(of, 120)), code(text)]),
      ),
    h('details', {}, h('summary', {}, 'As policy answered'), code(JSON.stringify(decision, null, 2), 20_000)),
  );
}

/** What the change costs, and whether the budget had it. */
export function budgetPanel({ detail }: Shown): VNode | false {
  const budget = detail.status?.budget;
  if (budget === undefined) return false;
  const { allowed, currency, daily, committed, added, projected, outstanding, reason, budget: of } = budget;
  const money = (amount: number | null) => (amount === null ? 'unknown' : `${amount.toFixed(2)} ${currency}`);
  return panel(
    { id: 'budget', title: 'Budget', note: badge(allowed ? 'Within' : 'Not allowed', allowed ? 'good' : 'bad') },
    h('p', { class: 'panel-line' }, data(reason, 400)),
    facts([
      ['Budget', data(of, 120)],
      ['A day', money(daily)],
      ['Runs now', money(committed)],
      ['This change', money(added)],
      ...(outstanding === undefined ? [] : [['Held for others', money(outstanding)] as const]),
      ['Together', money(projected)],
    ]),
  );
}

/** The alert as it came: every text in it is somebody else's. */
export function alertPanel({ detail, now }: Shown): VNode | false {
  const { alert, remediation, status } = detail;
  const source = status?.source;
  if (alert === undefined) return false;
  const rows = (record: Readonly<Record<string, string>>) =>
    Object.entries(record)
      .slice(0, MAX_LABELS)
      .map(([key, value]): [string, Child] => [key, longData(value)]);
  const annotations = rows(alert.annotations);
  return panel(
    { id: 'alert', title: 'Alert' },
    facts([
      ['Firing since', moment(alert.startsAt, now)],
      ...(source === undefined ? [] : [['At its source', data(source.text, 300)] satisfies [string, Child]]),
    ]),
    h('h3', {}, 'Labels'),
    facts(rows(alert.labels)),
    annotations.length > 0 && [h('h3', {}, 'Annotations'), facts(annotations)],
    h('h3', {}, 'Identifiers'),
    facts([
      ['Remediation', path(remediation.id, 400)],
      ['Fingerprint', path(alert.fingerprint)],
    ]),
  );
}

/** Why it did not end as planned. */
export function faultPanel({ detail }: Shown): VNode | false {
  const fault = detail.status?.fault;
  if (fault === undefined) return false;
  if (isOrdered(fault)) {
    return panel({ id: 'stopped', title: 'Stopped' }, h('p', { class: 'panel-line' }, data(fault.message, 1000)));
  }
  return h(
    'section',
    { key: 'fault', class: 'panel is-fault', 'aria-labelledby': 'fault' },
    h('h2', { id: 'fault' }, icon('bad'), fault.type),
    h('p', { class: 'panel-line' }, data(fault.message, 1000)),
    fault.preconditions !== undefined &&
      facts(
        fault.preconditions.map((one): [string, Child] => [
          one.met ? 'Met' : 'Not met',
          data(`${one.text}: ${one.seen}`, 600),
        ]),
      ),
    h(
      'p',
      { class: 'muted' },
      `At the step “${stepLabel(fault.step)}”. The code is explained in Mendloop’s docs/errors.md.`,
    ),
  );
}
