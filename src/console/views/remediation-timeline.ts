import { Step, type TimelineEntry } from '../../domain/remediation/remediation.ts';
import { icon, type IconName } from '../parts/icon.ts';
import { panel } from '../parts/layout.ts';
import { data } from '../parts/text.ts';
import type { RemediationDetail } from '../types.ts';
import { h, type VNode } from '../element.ts';
import { stateLabel, stepLabel, type Tone } from '../words/labels.ts';
import { clock, duration, fullTime } from '../words/time.ts';
import type { Shown } from './models.ts';

/** The way of a remediation that goes well; others leave out what they did not come to. */
const WAY: readonly { readonly name: string; readonly steps: readonly Step[] }[] = [
  { name: 'Decide', steps: [Step.Deciding] },
  { name: 'Prepare', steps: [Step.Preparing] },
  { name: 'Approval', steps: [Step.AwaitingApproval] },
  { name: 'Admission', steps: [Step.Admitting, Step.Joined] },
  { name: 'Act', steps: [Step.Acting] },
  { name: 'Verify', steps: [Step.Verifying] },
  { name: 'Watch', steps: [Step.Watching, Step.Leasing] },
  { name: 'Undo', steps: [Step.Compensating] },
  { name: 'End', steps: [Step.Notifying, Step.Ended] },
];

/** Steps that are shown only where they were come to. */
const RARE: readonly string[] = ['Approval', 'Undo'];

/** Where a remediation stands on its way. */
export function stepper({ remediation, status }: RemediationDetail): VNode {
  const seen = new Set<string>(['Decide']);
  for (const { step } of status?.timeline ?? []) {
    for (const stage of WAY) if (stage.steps.includes(step)) seen.add(stage.name);
  }
  if (status?.approval !== undefined) seen.add('Approval');
  // What was read and granted at once leaves no line.
  if (status?.planned !== undefined) seen.add('Prepare');
  if (seen.has('Act')) seen.add('Prepare').add('Admission');
  const isOver = remediation.state === 'closed';
  const current = WAY.find(({ steps }) => status !== undefined && steps.includes(status.step))?.name;
  const stages = WAY.filter(({ name }) => seen.has(name) || !RARE.includes(name));
  const reached = stages.findLastIndex(({ name }) => seen.has(name) || name === current);
  return h(
    'ol',
    { class: 'steps', role: 'list', 'aria-label': 'Where it stands' },
    stages.map(({ name }, index) => {
      const isCurrent = !isOver && name === current;
      const isEnd = isOver && name === 'End';
      const isSkipped = !seen.has(name) && index < reached;
      const state = isCurrent ? 'now' : seen.has(name) || isEnd ? 'done' : isSkipped || isOver ? 'skipped' : 'ahead';
      return h(
        'li',
        { key: name, class: `step step-${state}`, 'aria-current': isCurrent ? 'step' : undefined },
        h('span', { class: 'step-sign' }, icon(state === 'done' ? 'good' : state === 'now' ? 'busy' : 'calm')),
        h('span', {}, isEnd ? stateLabel(remediation).text : name),
        h(
          'span',
          { class: 'unseen' },
          { now: ' (now)', done: ' (done)', skipped: ' (not come to)', ahead: ' (ahead)' }[state],
        ),
      );
    }),
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
    case Step.Leasing:
      return ['good', 'good'];
    default:
      return ['calm', 'calm'];
  }
}
