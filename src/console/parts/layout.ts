import { type Child, h, type VNode } from '../element.ts';
import type { Problem } from '../net/problem.ts';
import { icon } from './icon.ts';
import { data } from './text.ts';

export interface PanelOptions {
  /** Its heading's ID, and the key by which it is found again. */
  readonly id: string;
  readonly title: string;
  readonly count?: number | undefined;
  readonly note?: Child;
  readonly class?: string;
}

/** A part of a page under a heading of its own. */
export function panel({ id, title, count, note, class: name = '' }: PanelOptions, ...children: Child[]): VNode {
  return h(
    'section',
    { key: id, class: `panel ${name}`.trim(), 'aria-labelledby': id },
    h(
      'div',
      { class: 'panel-head' },
      h('h2', { id }, title, count !== undefined && h('span', { class: 'count' }, count)),
      note !== undefined && h('div', { class: 'panel-note' }, note),
    ),
    children,
  );
}

/** Names and values; long values wrap. */
export function facts(rows: readonly (readonly [string, Child])[]): VNode {
  return h(
    'dl',
    { class: 'facts' },
    rows.map(([name, value]) => h('div', {}, h('dt', {}, data(name, 100)), h('dd', {}, value))),
  );
}

export function empty(text: string): VNode {
  return h('p', { class: 'empty' }, text);
}

/** Why something cannot be shown, or is not the newest. */
export function problemNote(problem: Problem | undefined, isStale: boolean): VNode | undefined {
  if (problem === undefined) return undefined;
  const text = isStale ? `${problem.message} What is shown may be old.` : problem.message;
  return h('p', { class: 'note tone-bad', role: 'status' }, icon('bad'), data(text, 500));
}

export function loading(what: string): VNode {
  return h('p', { class: 'empty', 'aria-busy': 'true' }, `Reading ${what} …`);
}

/** A link to a page elsewhere. Only http and https ones are links at all. */
export function externalLink(url: string, text: string): VNode {
  if (!isWebUrl(url)) return h('span', {}, `${text}: `, data(url));
  return h(
    'a',
    { href: url, target: '_blank', rel: 'noopener noreferrer', class: 'external' },
    text,
    icon('external'),
    h('span', { class: 'unseen' }, ' (opens in a new tab)'),
  );
}

function isWebUrl(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

export interface ButtonOptions {
  readonly onClick: () => void;
  /** Where another button may come to stand in its place: what has the focus must not turn into something else. */
  readonly key?: string;
  readonly class?: string;
  /** It does nothing now. The focus stays on it all the same, which `disabled` would throw to the top of the page. */
  readonly isIdle?: boolean;
  /** For who hears the page, where the words do not say enough. */
  readonly label?: string;
}

export function button(options: ButtonOptions, ...children: Child[]): VNode {
  const { onClick, key, class: name, isIdle = false, label } = options;
  return h(
    'button',
    {
      ...{ type: 'button', key, class: name, 'aria-label': label },
      ...(isIdle ? { 'aria-disabled': 'true' } : { onClick }),
    },
    children,
  );
}
