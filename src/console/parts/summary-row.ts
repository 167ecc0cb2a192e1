import { h, type VNode } from '../element.ts';
import { remediationHref } from '../route.ts';
import type { RemediationDetail, RemediationSummary } from '../types.ts';
import { stateLabel, stepLabel } from '../words/labels.ts';
import { duration } from '../words/time.ts';
import { badge, chip } from './icon.ts';
import { data, moment, name, path } from './text.ts';

export interface RowOptions {
  readonly now: number;
  /** What the workflow itself says, where it was asked. */
  readonly detail?: RemediationDetail | undefined;
}

/** A remediation as one line of a list of those that are in flight or have just ended. */
export function summaryRow(item: RemediationSummary, { now, detail }: RowOptions): VNode {
  const { text, tone } = stateLabel(item);
  const started = Date.parse(item.startedAt);
  const ended = item.closedAt === undefined ? undefined : Date.parse(item.closedAt);
  const status = item.state === 'running' ? detail?.status : undefined;
  const step = status && text === 'In flight' ? stepLabel(status.step) : text;
  return h(
    'li',
    { key: `${item.id} ${item.runId}`, class: 'row' },
    h('div', { class: 'row-state' }, badge(step, tone)),
    h(
      'div',
      { class: 'row-what' },
      h('a', { href: remediationHref(item.id), class: 'row-link' }, name(item.alert, 120)),
      item.target !== undefined && path(item.target, 160),
      status !== undefined && h('p', { class: 'row-text' }, data(status.summary, 240)),
    ),
    h(
      'div',
      { class: 'row-when' },
      item.mode !== undefined && chip(item.mode),
      ended === undefined
        ? h('span', {}, 'for ', h('time', { datetime: item.startedAt }, duration(roundedAge(now - started))))
        : h('span', {}, moment(ended, now), h('span', { class: 'muted' }, `, took ${duration(ended - started)}`)),
    ),
  );
}

/** Whole seconds at first and minutes later, so that a line changes no oftener than people look. */
function roundedAge(ms: number): number {
  const unit = ms < 60_000 ? 1000 : 60_000;
  return Math.floor(Math.max(0, ms) / unit) * unit;
}
