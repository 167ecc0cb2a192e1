import { badge } from '../parts/icon.ts';
import { button, empty, loading, panel, problemNote } from '../parts/layout.ts';
import { holdsBack } from '../../domain/windows/holds-back.ts';
import { sentenceCase } from '../../domain/text/sentence-case.ts';
import { data, moment, name, path, remediationLink } from '../parts/text.ts';
import type { TargetReading } from '../types.ts';
import { h, type VNode } from '../element.ts';
import type { Tone } from '../words/labels.ts';
import { mayOperate } from '../words/roles.ts';
import type { NowModel } from './models.ts';

const BREAKERS: Readonly<Partial<Record<string, readonly [string, Tone]>>> = {
  closed: ['Breaker closed', 'good'],
  open: ['Breaker open', 'bad'],
  half_open: ['Breaker half-open', 'warn'],
};

/** The guards of targets: breakers, cooldowns, who holds and who waits; and who holds the cluster's slots. */
export function guardsPanel(model: NowModel): VNode {
  const { guards } = model;
  const { targets = [], guard, truncated = false } = guards.value ?? {};
  const cluster = guard?.state;
  return panel(
    { id: 'guards', title: 'Breakers and guards' },
    problemNote(guards.problem, guards.value !== undefined),
    guards.isPending && loading('the guards'),
    cluster !== undefined &&
      h(
        'p',
        { class: 'panel-line' },
        `${cluster.holders.length} of ${cluster.limits.maxConcurrent} slots of the cluster are taken, ${cluster.queue.length} wait for one.`,
      ),
    windowList(model),
    guards.value !== undefined && targets.length === 0 && empty('No target has anything to remember.'),
    targets.length > 0 &&
      h(
        'ul',
        { class: 'guards', role: 'list' },
        // What needs a look comes first.
        targets.toSorted((one, other) => weight(other) - weight(one)).map((target) => guardItem(target, model)),
      ),
    truncated && h('p', { class: 'more' }, 'There are more than are shown.'),
  );
}

/** What holds changes back by the calendar now, and what begins next of the rest. */
function windowList({ guards, now }: NowModel): VNode | false {
  const windows = guards.value?.windows ?? [];
  if (windows.length === 0) return false;
  return h(
    'ul',
    { class: 'guards', role: 'list', 'aria-label': 'Windows for changes' },
    windows
      .toSorted((one, other) => Number(holdsBack(other)) - Number(holdsBack(one)))
      .map((reading) => {
        const { name: title, kind, until, lasts, scope, reason } = reading;
        const state = holdsBack(reading)
          ? badge(`${sentenceCase(kind)}: no changes`, 'warn')
          : badge(sentenceCase(kind), 'calm');
        const change = lasts ? 'ends ' : 'begins ';
        return h(
          'li',
          { key: `window ${title}`, class: 'guard' },
          h('div', { class: 'guard-head' }, h('strong', {}, name(title, 120)), state),
          h('p', { class: 'row-text' }, data(scope, 300), until !== undefined && [', ', change, moment(until, now)]),
          reason !== undefined && h('p', { class: 'row-text' }, data(reason, 300)),
        );
      }),
  );
}

function weight(target: TargetReading): number {
  const { breaker, queue, cooldowns } = target.state;
  return (
    (breaker.status === 'open' ? 100 : breaker.status === 'half_open' ? 50 : 0) +
    breaker.failures +
    queue.length +
    cooldowns.length
  );
}

function guardItem(target: TargetReading, { now, me, onReset }: NowModel): VNode {
  // The name is the last part of it, and what people look for.
  const title = h('strong', {}, name(target.target.split('/').at(-1) ?? '', 120));
  const { breaker, holder, queue, joined, cooldowns } = target.state;
  const [text, tone] = BREAKERS[breaker.status] ?? [`Breaker ${breaker.status}`, 'warn'];
  const isResettable = breaker.status !== 'closed' || breaker.failures > 0 || cooldowns.length > 0;
  const lines = [
    breaker.failures > 0 && `${breaker.failures} ${breaker.failures === 1 ? 'failure' : 'failures'} counted`,
    queue.length > 0 && `${queue.length} in line`,
    joined > 0 && `${joined} joined`,
  ].filter((line) => line !== false);
  return h(
    'li',
    { key: target.target, class: 'guard' },
    h('div', { class: 'guard-head' }, title, badge(text, tone)),
    h('p', {}, path(target.target, 200)),
    breaker.until !== undefined && h('p', { class: 'row-text' }, 'tries again ', moment(breaker.until, now)),
    holder !== undefined && h('p', { class: 'row-text' }, 'held by ', remediationLink(holder.remediationId)),
    lines.length > 0 && h('p', { class: 'row-text' }, lines.join(' · ')),
    cooldowns.map(({ action, until }) => h('p', { class: 'row-text' }, `no ${action} until `, moment(until, now))),
    isResettable &&
      mayOperate(me) &&
      button(
        {
          onClick: () => {
            onReset(target.target);
          },
          class: 'small',
          label: `Reset the guard of ${target.target.slice(0, 200)}`,
        },
        'Reset …',
      ),
  );
}
