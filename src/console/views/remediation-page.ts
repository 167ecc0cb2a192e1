import { runbookOf } from '../../domain/decision/runbook-of.ts';
import { Undo } from '../../domain/actions/contract.ts';
import { badge, chip, icon } from '../parts/icon.ts';
import { button, externalLink, facts, loading, problemNote } from '../parts/layout.ts';
import { data, moment, name, path, remediationLink } from '../parts/text.ts';
import type { RemediationDetail } from '../types.ts';
import { type Child, h, type VNode } from '../element.ts';
import { stateLabel, TOO_LATE } from '../words/labels.ts';
import { mayOperate, mayVote } from '../words/roles.ts';
import { duration, fullTime } from '../words/time.ts';
import { alertPanel, budgetPanel, decisionPanel, faultPanel } from './remediation-aside.ts';
import { approvalPanel } from './remediation-approval.ts';
import { changePanel } from './remediation-change.ts';
import { diagnosisPanel } from './remediation-diagnosis.ts';
import { evidencePanel } from './remediation-evidence.ts';
import { ladderPanel } from './remediation-ladder.ts';
import { movementPanel, verificationPanel } from './remediation-measures.ts';
import type { RemediationModel, Shown } from './models.ts';
import { stepper, timelinePanel } from './remediation-timeline.ts';

export function remediationPage(model: RemediationModel): VNode[] {
  const { detail, problem, id } = model;
  if (detail === undefined) {
    return [
      h('h1', { key: 'title', tabindex: -1 }, problem?.status === 404 ? 'No such remediation' : 'Remediation'),
      h('p', { key: 'id' }, path(id, 500)),
      h('div', { key: 'wait' }, problem === undefined ? loading('the remediation') : problemNote(problem, false)),
    ];
  }
  const shown: Shown = { ...model, detail };
  return [
    head(shown),
    h('div', { key: 'problem' }, problemNote(problem, true), silence(detail)),
    h('div', { key: 'steps' }, detail.status !== undefined && stepper(detail)),
    h(
      'div',
      { key: 'columns', class: 'columns' },
      h(
        'div',
        { class: 'column-main' },
        approvalPanel(shown),
        faultPanel(shown),
        diagnosisPanel(shown),
        ladderPanel(shown),
        changePanel(shown),
        verificationPanel(shown),
        movementPanel(shown),
        evidencePanel(shown),
        timelinePanel(shown),
      ),
      h('div', { class: 'column-side' }, decisionPanel(shown), budgetPanel(shown), alertPanel(shown)),
    ),
  ];
}

function head(model: Shown): VNode {
  const { detail, now } = model;
  const { remediation, alert, status } = detail;
  const { text, tone } = stateLabel(remediation);
  const started = Date.parse(remediation.startedAt);
  const { closedAt } = remediation;
  const rows: [string, Child][] = [
    ['Target', remediation.target === undefined ? 'none yet' : path(remediation.target, 200)],
    ['Action', remediation.action ?? 'none'],
    ['Started', [moment(started, now), h('span', { class: 'muted' }, `, ${fullTime(started)}`)]],
    closedAt === undefined
      ? [
          'Running for',
          h('time', { datetime: remediation.startedAt }, duration(Math.floor((now - started) / 1000) * 1000)),
        ]
      : ['Took', duration(Date.parse(closedAt) - started)],
    ...(status?.leader === undefined
      ? []
      : [['Shares the end of', remediationLink(status.leader)] satisfies [string, Child]]),
    ...(status === undefined || status.notified.length === 0
      ? []
      : [['Told', data([...new Set(status.notified)].join(', '), 200)] satisfies [string, Child]]),
  ];
  return h(
    'header',
    { key: 'head', class: 'head' },
    h('p', { class: 'crumbs' }, h('a', { href: '#/history' }, icon('back'), 'History')),
    h('h1', { tabindex: -1 }, name(alert?.labels['alertname'] ?? remediation.alert, 200)),
    h(
      'p',
      { class: 'badges' },
      badge(text, tone),
      remediation.mode !== undefined && chip(`mode ${remediation.mode}`),
      remediation.severity !== undefined && chip(remediation.severity.slice(0, 40)),
      status !== undefined && chip(status.alertResolved ? 'alert resolved' : 'alert firing'),
    ),
    status !== undefined && h('p', { class: 'lead' }, data(status.summary, 600)),
    facts(rows),
    h('div', { class: 'head-foot' }, controls(model), links(detail)),
  );
}

/** What the person who looks may do now. The API judges again. */
function controls({ detail, me, onVote, onUndo }: Shown): VNode | false {
  const { remediation, status } = detail;
  if (remediation.state === 'closed' || status === undefined) return false;
  const { approval } = status;
  const isAsked = approval?.status === 'pending';
  const isCallable = mayOperate(me) && !TOO_LATE.includes(status.step);
  const vote = (approve: boolean) =>
    button(
      {
        key: approve ? 'approve' : 'reject',
        class: approve ? 'primary' : 'danger-quiet',
        onClick: () => {
          onVote(approve);
        },
      },
      approve ? 'Approve …' : 'Reject …',
    );
  const isUndoable = status.effect?.changed === true && status.planned?.undo !== Undo.None;
  return h(
    'div',
    { class: 'controls', role: 'group', 'aria-label': 'Decide' },
    isAsked && mayVote(me, approval) && [vote(true), vote(false)],
    isCallable && button({ key: 'undo', onClick: onUndo, class: 'danger-quiet' }, isUndoable ? 'Undo …' : 'Cancel …'),
  );
}

const LINKS: Readonly<Record<string, string>> = { temporal: 'Temporal Web UI', trace: 'Trace', runbook: 'Runbook' };

function links({ links: given, status }: RemediationDetail): VNode {
  const runbook = given.runbook === undefined ? runbookOf(status?.decision) : undefined;
  return h(
    'p',
    { class: 'links' },
    Object.entries(given).map(([kind, url]) => typeof url === 'string' && externalLink(url, LINKS[kind] ?? kind)),
    // The alert brings it, and the alert's author writes it.
    runbook !== undefined && h('span', {}, 'Runbook, by the alert: ', data(runbook)),
  );
}

function silence({ statusUnavailable }: RemediationDetail): VNode | false {
  if (statusUnavailable === undefined) return false;
  return h(
    'p',
    { class: 'note tone-warn', role: 'status' },
    icon('warn'),
    h('span', {}, 'The remediation does not answer now, so only what lists know is shown: ', data(statusUnavailable)),
  );
}
