import { Step, type TimelineEntry } from '../../domain/remediation/remediation.ts';
import { icon, type IconName } from '../parts/icon.ts';
import { panel } from '../parts/layout.ts';
import { data } from '../parts/text.ts';
import type { RemediationDetail } from '../types.ts';
import { h, type VNode } from '../element.ts';
import { stepLabel, type Tone } from '../words/labels.ts';
import { stagesOf, type StageState } from '../words/stages.ts';
import { clock, duration, fullTime } from '../words/time.ts';
import type { Shown } from './models.ts';

const SAID: Readonly<Record<StageState, string>> = {
  ...{ now: ' (now)', done: ' (done)', failed: ' (failed)', unknown: ' (could not be judged)' },
  ...{ skipped: ' (not come to)', ahead: ' (ahead)' },
};

/** Where a remediation stands on its way. */
export function stepper(detail: RemediationDetail): VNode {
  return h(
    'ol',
    { class: 'steps', role: 'list', 'aria-label': 'Where it stands' },
    stagesOf(detail).map(({ name, state, tone }) =>
      h(
        'li',
        { key: name, class: `step step-${state} tone-${tone}`, 'aria-current': state === 'now' ? 'step' : undefined },
        h('span', { class: 'step-sign' }, icon(tone)),
        h('span', {}, name),
        h('span', { class: 'unseen' }, SAID[state]),
      ),
    ),
  );
}

/** Everything that happened, in order. */
export function timelinePanel({ detail }: Shown): VNode | false {
  const { status, alert } = detail;
  if (status === undefined || status.timeline.length === 0) return false;
  const first = Date.parse(alert?.startsAt ?? status.timeline[0]?.at ?? '');
  return panel(
    { id: 'timeline', title: 'Timeline' },
    h(
      'ol',
      { class: 'timeline', role: 'list' },
      status.timeline.map((entry, index) => line(entry, { index, first })),
    ),
  );
}

function line({ at, step, text }: TimelineEntry, { index, first }: { index: number; first: number }): VNode {
  const ms = Date.parse(at);
  const [name, tone] = signOf(step);
  return h(
    'li',
    { key: `${index}`, class: `event tone-${tone}` },
    h('span', { class: 'event-sign' }, icon(name)),
    h(
      'div',
      { class: 'event-when' },
      h('time', { datetime: at, title: fullTime(ms) }, clock(ms)),
      h('span', { class: 'muted' }, `${ms < first ? '−' : '+'}${duration(Math.abs(ms - first))}`),
    ),
    h('div', { class: 'event-what' }, h('strong', {}, stepLabel(step)), h('span', {}, data(text, 1000))),
  );
}

function signOf(step: Step): [IconName, Tone] {
  switch (step) {
    case Step.Acting:
      return ['play', 'busy'];
    case Step.Compensating:
      return ['back', 'bad'];
    case Step.AwaitingApproval:
      return ['warn', 'warn'];
    case Step.Watching:
      return ['good', 'good'];
    default:
      return ['calm', 'calm'];
  }
}
