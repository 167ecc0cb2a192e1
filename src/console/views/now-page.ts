import type { PlannedChange } from '../../domain/actions/contract.ts';
import { describeApproval, votesMissing } from '../../domain/approval/approval.ts';
import { describeMovement } from '../../domain/remediation/what-was-done.ts';
import { badge } from '../parts/icon.ts';
import { button, empty, loading, panel, problemNote } from '../parts/layout.ts';
import { summaryRow } from '../parts/summary-row.ts';
import { data, moment, path } from '../parts/text.ts';
import { historyHref, remediationHref } from '../route.ts';
import type { RemediationSummary } from '../types.ts';
import { type Child, h, type VNode } from '../element.ts';
import { mayOperate } from '../words/roles.ts';
import { budgetsPanel } from './budgets-panel.ts';
import { guardsPanel } from './guards-panel.ts';
import type { NowModel } from './models.ts';

export function nowPage(model: NowModel): VNode[] {
  return [
    h('h1', { key: 'title', tabindex: -1 }, 'Now'),
    pauseBar(model),
    tiles(model),
    h(
      'div',
      { key: 'columns', class: 'columns' },
      h('div', { class: 'column-main' }, waitingPanel(model), inFlightPanel(model), endedPanel(model)),
      h('div', { class: 'column-side' }, guardsPanel(model), budgetsPanel(model)),
    ),
  ];
}

function clusterOf({ guards }: NowModel) {
  return guards.value?.guard.state;
}

/** The pause switch, and who threw it. */
function pauseBar(model: NowModel): VNode {
  const { guards, me, now, onPause } = model;
  const paused = clusterOf(model)?.paused;
  const isUnknown = guards.value === undefined;
  const control = (pause: boolean) =>
    mayOperate(me)
      ? button(
          {
            key: pause ? 'pause' : 'resume',
            class: pause ? 'danger-quiet' : 'primary',
            onClick: () => {
              onPause(pause);
            },
          },
          pause ? 'Pause all changes …' : 'Resume …',
        )
      : h('span', { class: 'muted' }, 'An operator can change this.');
  const state: [VNode, Child] =
    paused !== undefined
      ? [
          badge('Changes are paused', 'warn'),
          [h('span', {}, 'by ', data(paused.by, 80), ', ', moment(paused.since, now), ': '), data(paused.reason, 300)],
        ]
      : isUnknown
        ? [badge('Not known', 'calm'), guards.isPending ? 'Asking the guards …' : 'The guards do not answer now.']
        : [badge('Changes are allowed', 'good'), 'within policy, guards and budgets'];
  return h(
    'section',
    {
      key: 'pause',
      class: `pause-bar ${paused === undefined ? '' : 'is-paused'}`.trim(),
      'aria-label': 'Pause switch',
    },
    h('div', { class: 'pause-state' }, state[0], h('span', { class: 'pause-text' }, state[1])),
    h('div', { class: 'pause-control' }, control(paused === undefined)),
  );
}

function tiles(model: NowModel): VNode {
  const { inFlight, waiting, guards } = model;
  const cluster = clusterOf(model);
  const open = guards.value?.targets.filter(({ state }) => state.breaker.status !== 'closed').length;
  const limits = cluster?.limits;
  return h(
    'dl',
    { key: 'tiles', class: 'tiles' },
    tile('In flight', inFlight.value && (inFlight.value.total ?? inFlight.value.items.length), 'busy'),
    tile('Waiting for approval', waiting.value && (waiting.value.total ?? waiting.value.items.length), 'warn'),
    tile('Breakers not closed', open, 'bad'),
    tile(
      'Changes in the last hour',
      guards.value && (cluster?.actionsInLastHour ?? 0),
      'calm',
      limits && `of ${limits.maxActionsPerHour}`,
    ),
  );
}

function tile(name: string, value: number | undefined, tone: string, of?: string): VNode {
  const is = value === undefined || value === 0 ? 'is-quiet' : `tone-${tone}`;
  return h(
    'div',
    { class: `tile ${is}` },
    h('dt', {}, name),
    h('dd', {}, value === undefined ? '–' : value, of !== undefined && h('span', { class: 'tile-of' }, ` ${of}`)),
  );
}

function waitingPanel(model: NowModel): VNode | false {
  const { waiting } = model;
  const items = waiting.value?.items ?? [];
  if (items.length === 0 && waiting.problem === undefined) return false;
  return panel(
    { id: 'waiting', title: 'Waiting for approval', count: waiting.value?.total ?? items.length, class: 'is-waiting' },
    problemNote(waiting.problem, waiting.value !== undefined),
    h(
      'ul',
      { class: 'cards', role: 'list' },
      items.map((item) => waitingCard(item, model)),
    ),
  );
}

function waitingCard(item: RemediationSummary, { details, now, me }: NowModel): VNode {
  const status = details(item.id)?.status;
  const approval = status?.approval;
  const deadline = approval && Date.parse(approval.deadlineAt);
  return h(
    'li',
    { key: item.id, class: 'card' },
    h(
      'div',
      { class: 'card-what' },
      h('a', { href: remediationHref(item.id), class: 'row-link' }, data(item.alert, 120)),
      item.target !== undefined && path(item.target, 160),
      status?.planned !== undefined && h('p', { class: 'card-change' }, data(changeOf(status.planned), 240)),
      h(
        'p',
        { class: 'row-text' },
        approval === undefined
          ? 'Asking what it waits for …'
          : data(approval.clause.reason === '' ? describeApproval(approval) : approval.clause.reason, 300),
      ),
    ),
    h(
      'div',
      { class: 'card-side' },
      deadline !== undefined && h('span', {}, 'expires ', moment(deadline, now)),
      approval !== undefined &&
        h('span', { class: 'muted' }, `${votesMissing(approval)} of ${approval.clause.quorum} approvals missing`),
      h(
        'a',
        { class: 'button primary', href: remediationHref(item.id) },
        me === undefined ? 'Look' : 'Review',
        h('span', { class: 'unseen' }, ' ', data(item.alert, 80)),
      ),
    ),
  );
}

/** In short where a number moves: the target stands above. */
function changeOf({ action, moves, title }: PlannedChange): string {
  return moves === undefined ? title : `${action.replaceAll('_', ' ')} ${describeMovement(moves)}`;
}

function inFlightPanel({ inFlight, details, now }: NowModel): VNode {
  const items = inFlight.value?.items ?? [];
  const total = inFlight.value?.total ?? items.length;
  return panel(
    { id: 'in-flight', title: 'In flight', count: inFlight.value && total },
    problemNote(inFlight.problem, inFlight.value !== undefined),
    inFlight.isPending && loading('what is in flight'),
    inFlight.value !== undefined && items.length === 0 && empty('Nothing is in flight. All is quiet.'),
    items.length > 0 && rows(items.map((item) => summaryRow(item, { now, detail: details(item.id) }))),
    total > items.length &&
      h(
        'p',
        { class: 'more' },
        `The newest ${items.length} of ${total}. `,
        h('a', { href: historyHref({}) }, 'See all'),
      ),
  );
}

function endedPanel({ ended, now }: NowModel): VNode {
  const items = ended.value?.items ?? [];
  return panel(
    { id: 'ended', title: 'Just ended', note: h('a', { href: historyHref({}) }, 'History') },
    problemNote(ended.problem, ended.value !== undefined),
    ended.isPending && loading('what has ended'),
    ended.value !== undefined && items.length === 0 && empty('Nothing has ended yet.'),
    items.length > 0 && rows(items.map((item) => summaryRow(item, { now }))),
  );
}

function rows(items: readonly VNode[]): VNode {
  // The role is said because lists without bullets lose it in some browsers.
  return h('ul', { class: 'rows', role: 'list' }, items);
}
