import { modes } from '../../domain/decision/mode.ts';
import { type HistoryFilter, historyHref, filterPairs } from '../route.ts';
import { type Attributes, type Child, h, submitted, type VNode } from '../element.ts';
import { outcomeHelp, outcomeLabel, outcomes } from '../words/labels.ts';

const SINCE = [
  ['', 'any time'],
  ['1', 'the last hour'],
  ['24', 'the last day'],
  ['168', 'the last 7 days'],
  ['720', 'the last 30 days'],
] as const;

/** The filters. Keyed by what they hold, so that another address brings other fields. */
export function historyForm(filter: HistoryFilter, onFilter: (form: FormData) => void): VNode {
  const { q, outcome, rule, action, mode, service, since } = filter;
  const isFiltered = filterPairs(filter).length > 0;
  return h(
    'form',
    {
      key: `filter ${JSON.stringify(filter)}`,
      class: 'panel filter',
      role: 'search',
      onSubmit: submitted((form) => {
        onFilter(new FormData(form));
      }),
      'aria-label': 'Filter the history',
    },
    h(
      'div',
      { class: 'filter-fields' },
      field(
        'q',
        'Begins with',
        input('q', q, { type: 'search', 'aria-describedby': 'q-help' }),
        'An alert, service, rule, target or ID; capitals matter.',
      ),
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
          h('input', { type: 'checkbox', name: 'outcome', value: name, defaultChecked: outcome.includes(name) }),
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
  return h(
    'div',
    { class: `field field-${name}` },
    h('label', { for: `filter-${name}` }, label),
    control,
    help !== undefined && h('p', { class: 'help', id: `${name}-help` }, help),
  );
}

function input(name: string, value: string, more: Attributes = {}): VNode {
  return h('input', {
    ...{ type: 'text', id: `filter-${name}`, name, defaultValue: value, maxlength: 200 },
    ...{ autocomplete: 'off', spellcheck: false, ...more },
  });
}

function select(name: string, value: string, options: readonly (readonly [string, string])[]): VNode {
  const all: Child[] = options.map(([key, text]) => h('option', { value: key, defaultSelected: key === value }, text));
  return h('select', { id: `filter-${name}`, name }, all);
}
