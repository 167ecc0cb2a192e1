import { modes } from '../../domain/decision/mode.ts';
import { type HistoryFilter, historyHref, filterPairs } from '../route.ts';
import { type Child, h, type VNode } from '../vdom/node.ts';
import { outcomeHelp, outcomeLabel, outcomes } from '../words/labels.ts';

const SINCE = [
  ['', 'any time'],
  ['1', 'the last hour'],
  ['24', 'the last day'],
  ['168', 'the last 7 days'],
  ['720', 'the last 30 days'],
] as const;

/** The filters. Keyed by what they hold, so that another address brings other fields. */
export function historyForm(filter: HistoryFilter): VNode {
  const { q, outcome, rule, action, mode, service, since } = filter;
  const isFiltered = filterPairs(filter).length > 0;
  return h(
    'form',
    {
      key: `filter ${JSON.stringify(filter)}`,
      class: 'panel filter',
      role: 'search',
      'data-act': 'filter',
      'aria-label': 'Filter the history',
    },
    h(
      'div',
      { class: 'filter-fields' },
      field('q', 'Begins with', input('q', q, 'search'), 'An alert, service, rule, target or ID; capitals matter.'),
      field('rule', 'Rule', input('rule', rule)),
      field('service', 'Service', input('service', service)),
      field('action', 'Action', input('action', action)),
      field('mode', 'Mode', select('mode', mode, [['', 'any'], ...modes.map((name) => [name, name] as const)])),
      field('since', 'Started in', select('since', since, SINCE)),
    ),
    h(
      'fieldset',
      { class: 'outcomes' },
      h('legend', {}, 'Outcome'),
      outcomes.map((name) => {
        const { text, tone } = outcomeLabel(name);
        return h(
          'label',
          { class: `check tone-${tone}`, title: outcomeHelp(name) },
          h('input', { type: 'checkbox', name: 'outcome', value: name, checked: outcome.includes(name) }),
          h('span', {}, text),
        );
      }),
    ),
    h(
      'div',
      { class: 'filter-buttons' },
      h('button', { type: 'submit', class: 'primary' }, 'Filter'),
      isFiltered && h('a', { href: historyHref({}), class: 'button' }, 'Clear'),
    ),
  );
}

function field(name: string, label: string, control: VNode, help?: string): VNode {
  const described =
    help === undefined
      ? control
      : { ...control, attributes: { ...control.attributes, 'aria-describedby': `${name}-help` } };
  return h(
    'div',
    { class: `field field-${name}` },
    h('label', { for: `filter-${name}` }, label),
    described,
    help !== undefined && h('p', { class: 'help', id: `${name}-help` }, help),
  );
}

function input(name: string, value: string, type = 'text'): VNode {
  return h('input', {
    type,
    id: `filter-${name}`,
    name,
    value,
    maxlength: 200,
    autocomplete: 'off',
    spellcheck: 'false',
  });
}

function select(name: string, value: string, options: readonly (readonly [string, string])[]): VNode {
  const all: Child[] = options.map(([key, text]) => h('option', { value: key, selected: key === value }, text));
  return h('select', { id: `filter-${name}`, name }, all);
}
