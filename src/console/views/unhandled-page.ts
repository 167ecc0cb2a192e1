import { chip } from '../parts/icon.ts';
import { button, empty, facts, loading, panel, problemNote } from '../parts/layout.ts';
import { code, data, moment, name } from '../parts/text.ts';
import type { Unhandled, UnhandledAnswer } from '../types.ts';
import { type Child, h, type VNode } from '../element.ts';
import type { Part } from './models.ts';

export interface UnhandledModel {
  readonly now: number;
  readonly unhandled: Part<UnhandledAnswer>;
  /** Which of them has had its rule copied last. */
  readonly copied: number | undefined;
  readonly onCopy: (index: number) => void;
}

/** The alerts that no rule wants, and what a rule about them could begin with. */
export function unhandledPage({ now, unhandled, copied, onCopy }: UnhandledModel): VNode[] {
  const alerts = unhandled.value?.alerts ?? [];
  return [
    h('h1', { key: 'title', tabindex: -1 }, 'Unhandled'),
    panel(
      { id: 'unhandled', title: 'Alerts that no rule wants', count: unhandled.value && alerts.length },
      problemNote(unhandled.problem, unhandled.value !== undefined),
      unhandled.isPending && loading('the alerts'),
      unhandled.value !== undefined && alerts.length === 0 && empty('Every alert that came is wanted by a rule.'),
      alerts.length > 0 &&
        h(
          'ul',
          { class: 'rows', role: 'list' },
          alerts.map((alert, index) =>
            item(alert, {
              ...{ now, isCopied: index === copied },
              onCopy: () => {
                onCopy(index);
              },
            }),
          ),
        ),
    ),
  ];
}

interface ItemParts {
  readonly now: number;
  readonly isCopied: boolean;
  readonly onCopy: () => void;
}

function item(alert: Unhandled, { now, isCopied, onCopy }: ItemParts): VNode {
  const { cluster, alertName, rule, reason, count, firstSeen, lastSeen, labels, stub } = alert;
  return h(
    'li',
    { key: `${cluster} ${alertName} ${rule} ${reason}`, class: 'row' },
    h('div', { class: 'row-state' }, chip(count === 1 ? 'once' : `${count} times`)),
    h(
      'div',
      { class: 'row-what' },
      h('strong', {}, name(alertName, 120)),
      h('p', { class: 'row-text' }, rule === '' ? '' : ['Rule ', name(rule, 80), ': '], data(reason, 300)),
      h(
        'details',
        {},
        h('summary', {}, 'Labels of the last one'),
        facts(Object.entries(labels).map(([label, value]): [string, Child] => [label, data(value)])),
      ),
      stub !== undefined &&
        h(
          'details',
          {},
          h('summary', {}, 'A rule to begin with'),
          code(stub),
          h(
            'p',
            {},
            button(
              { onClick: onCopy, class: 'small', label: `Copy the rule for ${alertName.slice(0, 120)}` },
              isCopied ? 'Copied' : 'Copy',
            ),
          ),
        ),
    ),
    h(
      'div',
      { class: 'row-when' },
      h('span', {}, 'last ', moment(lastSeen, now)),
      h('span', { class: 'muted' }, 'first ', moment(firstSeen, now)),
    ),
  );
}
