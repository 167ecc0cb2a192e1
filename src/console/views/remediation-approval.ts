import { describeApproval, rolesAsked } from '../../domain/approval/approval.ts';
import { sentenceCase } from '../../domain/text/sentence-case.ts';
import { badge } from '../parts/icon.ts';
import { facts, panel } from '../parts/layout.ts';
import { data, moment } from '../parts/text.ts';
import { type Child, h, type VNode } from '../element.ts';
import type { Tone } from '../words/labels.ts';
import { mayVote } from '../words/roles.ts';
import { clock } from '../words/time.ts';
import type { Shown } from './models.ts';

const APPROVALS: Readonly<Partial<Record<string, readonly [string, Tone]>>> = {
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
  const [text, tone] = APPROVALS[status] ?? [status, 'calm'];
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
    status !== 'pending' && h('p', { class: 'panel-line' }, data(`${sentenceCase(describeApproval(approval))}.`, 600)),
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
