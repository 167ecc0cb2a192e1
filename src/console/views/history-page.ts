import { badge } from '../parts/icon.ts';
import { button, empty, loading, problemNote } from '../parts/layout.ts';
import { name, path } from '../parts/text.ts';
import { type HistoryFilter, remediationHref } from '../route.ts';
import type { ListAnswer, RemediationSummary } from '../types.ts';
import { type Child, h, type VNode } from '../element.ts';
import { stateLabel } from '../words/labels.ts';
import { duration, fullTime, shortTime } from '../words/time.ts';
import { historyForm } from './history-form.ts';
import type { Part } from './models.ts';

export interface HistoryModel {
  readonly now: number;
  readonly filter: HistoryFilter;
  readonly page: Part<ListAnswer>;
  readonly isTurning: boolean;
  /** Of the page, from 1. */
  readonly number: number;
  readonly size: number;
  readonly total: number | undefined;
  /** Remediations that have changed since the page was read. */
  readonly changes: number;
  readonly onFilter: (form: FormData) => void;
  readonly onShowNew: () => void;
  readonly onNext: () => void;
  readonly onPrevious: () => void;
}

export function historyPage(model: HistoryModel): VNode[] {
  const { filter, page, changes, onFilter, onShowNew } = model;
  const items = page.value?.items ?? [];
  return [
    h('h1', { key: 'title', tabindex: -1 }, 'History'),
    historyForm(filter, onFilter),
    h(
      'div',
      { key: 'news', class: 'news' },
      changes > 0 && button({ onClick: onShowNew, class: 'small' }, `${changes} changed since: show the newest`),
    ),
    h(
      'section',
      { key: 'results', class: 'panel', 'aria-labelledby': 'results' },
      h('h2', { id: 'results', class: 'unseen' }, 'Remediations'),
      problemNote(page.problem, page.value !== undefined),
      page.isPending && loading('the history'),
      page.value !== undefined && items.length === 0 && empty('No remediation is like that.'),
      items.length > 0 && table(items),
      page.value !== undefined && pager(model),
    ),
  ];
}

const COLUMNS = ['Started', 'Alert', 'Target', 'Rule', 'Mode', 'Took', 'Outcome'] as const;

/** Narrow screens show each row as a card; the roles say that it stays a table. */
function table(items: readonly RemediationSummary[]): VNode {
  return h(
    'table',
    { class: 'history', role: 'table' },
    h('caption', { class: 'unseen' }, 'Remediations, those that run first, then the last to end'),
    h(
      'thead',
      { role: 'rowgroup' },
      h(
        'tr',
        { role: 'row' },
        COLUMNS.map((column) => h('th', { scope: 'col', role: 'columnheader' }, column)),
      ),
    ),
    h('tbody', { role: 'rowgroup' }, items.map(row)),
  );
}

function row(item: RemediationSummary): VNode {
  const { id, runId, alert, target, rule, mode, startedAt, closedAt } = item;
  const started = Date.parse(startedAt);
  const { text, tone } = stateLabel(item);
  const values: Record<(typeof COLUMNS)[number], Child> = {
    Started: h('time', { datetime: startedAt, title: fullTime(started) }, shortTime(started)),
    Alert: h('a', { href: remediationHref(id) }, name(alert, 100)),
    Target: target !== undefined && path(target, 160),
    Rule: rule !== undefined && name(rule, 80),
    Mode: mode,
    Took: closedAt === undefined ? 'running' : duration(Date.parse(closedAt) - started),
    Outcome: badge(text, tone),
  };
  return h(
    'tr',
    { key: `${id} ${runId}`, role: 'row' },
    COLUMNS.map((column) =>
      h('td', { role: 'cell', 'data-label': column, class: `cell-${column.toLowerCase()}` }, values[column]),
    ),
  );
}

function pager({ page, number, size, total, isTurning, onNext, onPrevious }: HistoryModel): VNode {
  const count = page.value?.items.length ?? 0;
  const first = (number - 1) * size + 1;
  const range = count === 0 ? 'None' : `${first} to ${first + count - 1}`;
  return h(
    'nav',
    { class: 'pager', 'aria-label': 'Pages' },
    h('span', { class: 'muted' }, total === undefined ? range : `${range} of ${total}`),
    h(
      'div',
      {},
      button({ onClick: onPrevious, isIdle: number === 1 || isTurning }, 'Previous'),
      button({ onClick: onNext, isIdle: page.value?.nextPageToken === undefined || isTurning }, 'Next'),
    ),
  );
}
