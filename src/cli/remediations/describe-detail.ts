import type { RemediationDetail } from '../../api/remediations/remediations.ts';
import { describeApproval } from '../../domain/approval/approval.ts';
import { diagnosisParts } from '../../domain/diagnosis/diagnosis-text.ts';
import { describeRung, describeTriedRung } from '../../domain/ladder/ladder.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { describeJudged, judgedOf } from '../../domain/precondition/describe-judged.ts';
import { momentText } from '../../domain/text/moment-text.ts';
import { cut, plainLine, plainText } from '../../domain/text/plain-text.ts';
import { describeFault, isOrdered } from '../../domain/remediation/describe-fault.ts';
import { describePrelude } from '../../domain/remediation/describe-prelude.ts';
import type { Fault, RemediationStatus } from '../../domain/remediation/remediation.ts';
import { deedOf } from '../../domain/remediation/what-was-done.ts';
import { ago, duration } from '../output/ago.ts';
import type { Paint } from '../output/style.ts';
import { type Cell, renderFacts } from '../output/table.ts';
import { stateWords } from './state-words.ts';

const MAX_VALUE = 300;

/** One remediation for a person: what it is about, where it stands, what happened. */
export function describeDetail(detail: RemediationDetail, { paint, now }: { paint: Paint; now: number }): string {
  const { status, statusUnavailable } = detail;
  const sections = [
    facts(detail, paint, now),
    ...(statusUnavailable === undefined
      ? []
      : [paint('busy', `Its record is not to be had now: ${statusUnavailable}`)]),
    ...(status === undefined ? [] : [plan(status, paint), diagnosis(status, paint), timeline(status, paint)]),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function facts({ remediation, alert, status, links }: RemediationDetail, paint: Paint, now: number): string {
  const { id, rule, action, target, mode, service, startedAt, closedAt } = remediation;
  const { decision, planned, source, objective, evidence, budget, approval, verification, fault } = status ?? {};
  const { notified = [], leader } = status ?? {};
  const { effect, undo } = status === undefined ? {} : deedOf(status);
  const took = closedAt === undefined ? '' : `, took ${duration(Date.parse(closedAt) - Date.parse(startedAt))}`;
  const revision = decision === undefined ? '' : ` (policy ${decision.policyRevision})`;
  const short = (text: string | undefined) => (text === undefined ? undefined : cut(text, MAX_VALUE));
  return renderFacts(
    [
      [
        'Alert',
        {
          text: `${remediation.alert}${remediation.severity === undefined ? '' : `, ${remediation.severity}`}`,
          tone: 'strong',
        },
      ],
      ['State', stateWords(remediation)],
      ['Now', short(status?.summary)],
      ['Summary', short(alert?.annotations['summary'])],
      ['Service', service],
      ['Rule', (rule ?? decision?.rule) ? `${rule ?? decision?.rule ?? ''}${revision}` : undefined],
      ['Plan', short(planned?.title ?? (action === undefined ? undefined : `${action} ${target ?? ''}`.trimEnd()))],
      ...(status === undefined ? [] : judgedOf(status)).map((one): [string, string | undefined] => [
        'Precondition',
        short(describeJudged(one)),
      ]),
      ['At its source', short(source?.text)],
      ['Objective before', short(objective?.text)],
      ['Mode', mode],
      ['Evidence', short(evidence?.summary)],
      ['Joined', leader],
      ['Budget', short(budget?.reason)],
      ['Approval', approval === undefined ? undefined : short(describeApproval(approval))],
      ['Before it', short(status?.prelude && describePrelude(status.prelude))],
      ['Done', short(effect)],
      ['Rung', short(describeRung(status?.ladder))],
      ...(status?.ladder?.tried ?? []).map((one): [string, string | undefined] => [
        'Tried before',
        short(describeTriedRung(one)),
      ]),
      ['Verification', short(verification?.summary)],
      ['Undo', short(undo)],
      ...(fault === undefined ? [] : [ending(fault)]),
      ['Told', notified.length === 0 ? undefined : notified.join(', ')],
      ['Runbook', isPlanned(decision) ? short(decision.plan.runbookUrl) : undefined],
      ['Started', `${momentText(startedAt)} (${ago(startedAt, now)}${took})`],
      ['ID', id],
      ['Temporal', links.temporal],
    ],
    paint,
  );
}

function ending(fault: Fault): readonly [string, Cell] {
  const [name, text] = describeFault(fault);
  return [name, { text: cut(text, MAX_VALUE), ...(isOrdered(fault) ? {} : { tone: 'bad' }) }];
}

function plan({ preview }: RemediationStatus, paint: Paint): string {
  if (preview === undefined || preview.diff === '') return '';
  const lines = preview.diff.split('\n').map((line) => {
    const text = plainText(line).replaceAll('\t', '  ');
    if (line.startsWith('+')) return paint('good', text);
    return line.startsWith('-') ? paint('bad', text) : text;
  });
  return [paint('dim', 'PLANNED CHANGE'), ...lines].join('\n');
}

function diagnosis({ diagnosis: taken }: RemediationStatus, paint: Paint): string {
  if (taken === undefined) return '';
  const parts = diagnosisParts(taken).flatMap(([heading, lines]) => [
    paint('strong', heading),
    ...lines.map((line) => `  ${cut(plainLine(line), MAX_VALUE)}`),
  ]);
  const of = taken.of === undefined ? '' : ` OF ${plainLine(taken.of)}`;
  return parts.length === 0
    ? ''
    : [paint('dim', `SEEN${of} AT ${taken.takenAt.slice(11, 19)} UTC`), ...parts].join('\n');
}

function timeline({ timeline: entries }: RemediationStatus, paint: Paint): string {
  if (entries.length === 0) return '';
  const lines = entries.map(({ at, text }) => `${paint('dim', at.slice(11, 19))}  ${cut(plainLine(text), MAX_VALUE)}`);
  return [paint('dim', 'TIMELINE (UTC)'), ...lines].join('\n');
}
