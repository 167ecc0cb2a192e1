import { type ApprovalState, describeApproval, rolesAsked } from '../../domain/approval/approval.ts';
import { badge } from '../parts/icon.ts';
import { facts, panel } from '../parts/layout.ts';
import { data, moment } from '../parts/text.ts';
import { type Child, h, type VNode } from '../vdom/node.ts';
import type { Tone } from '../words/labels.ts';
import { mayVote } from '../words/roles.ts';
import { clock } from '../words/time.ts';
import type { Shown } from './models.ts';

const APPROVALS: Readonly<Record<ApprovalState['status'], readonly [string, Tone]>> = {
  pending: ['Waiting', 'warn'],
  approved: ['Approved', 'good'],
  rejected: ['Rejected', 'bad'],
  expired: ['Expired', 'warn'],
  moot: ['Not needed', 'calm'],
};

/** Who has to say yes, and who has said what. */
export function approvalPanel({ detail, me, now }: Shown): VNode | false {
  const approval = detail.status?.approval;
  if (approval === undefined) return false;
  const { status, clause, deadlineAt, votes, requestedBy } = approval;
  const [text, tone] = APPROVALS[status];
  const rows: [string, Child][] = [
    ['Why it asks', clause.reason === '' ? 'its mode asks a human' : data(clause.reason, 1000)],
    [
      'Needs',
      `${clause.quorum === 1 ? '1 person' : `${clause.quorum} people`} with the role ${rolesAsked(clause).join(' or ').slice(0, 300)}`,
    ],
    ...(status === 'pending'
      ? [
          [
            'Until',
            [moment(deadlineAt, now), `, then it is ${clause.onDeadline === 'deny' ? 'denied' : 'expired'}`],
          ] satisfies [string, Child],
        ]
      : []),
    ...(requestedBy === undefined ? [] : [['Asked for by', data(requestedBy, 200)] satisfies [string, Child]]),
  ];
  return panel(
    { id: 'approval', title: 'Approval', note: badge(text, tone), class: status === 'pending' ? 'is-waiting' : '' },
    status !== 'pending' && h('p', { class: 'panel-line' }, data(capital(describeApproval(approval)), 600)),
    facts(rows),
    votes.length > 0 &&
      h(
        'ul',
        { class: 'votes', role: 'list' },
        votes.map(({ approve, by, reason, at, via }) =>
          h(
            'li',
            { key: `${by} ${at}` },
            badge(approve ? 'Yes' : 'No', approve ? 'good' : 'bad'),
            h(
              'span',
              {},
              h('strong', {}, data(by, 200)),
              ` at ${clock(Date.parse(at))} by ${via}: `,
              data(reason, 2000),
            ),
          ),
        ),
      ),
    status === 'pending' &&
      me !== undefined &&
      !mayVote(me, approval) &&
      h('p', { class: 'note' }, `You are ${me.name.slice(0, 120)}, and have none of the roles that may decide.`),
  );
}

/** The planned change as the API server says it would be. */
export function changePanel({ detail }: Shown): VNode | false {
  const preview = detail.status?.preview;
  if (preview === undefined) return false;
  return panel(
    { id: 'change', title: 'Planned change', note: `${preview.before} → ${preview.after}` },
    h('p', { class: 'panel-line muted' }, 'As the Kubernetes API server answered to a dry run.'),
    h(
      'pre',
      { class: 'diff', tabindex: 0, 'aria-label': 'Difference' },
      preview.diff.slice(0, 40_000).split('\n').map(diffLine),
    ),
  );
}

function diffLine(line: string): VNode {
  const kind = /^(\+\+\+|---)/.test(line)
    ? 'file'
    : line.startsWith('+')
      ? 'in'
      : line.startsWith('-')
        ? 'out'
        : line.startsWith('@@')
          ? 'at'
          : 'same';
  // Its sign says what a line is; the colour says it again.
  const tag = kind === 'in' ? 'ins' : kind === 'out' ? 'del' : 'span';
  return h(tag, { class: `diff-${kind}` }, data(line, 2000), '\n');
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
