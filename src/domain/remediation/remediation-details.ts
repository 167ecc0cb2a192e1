import { formatTarget } from '../target/format-target.ts';
import { describeFault } from './describe-fault.ts';
import { describeRung, describeTriedRung } from '../ladder/ladder.ts';
import { describeJudged, judgedOf } from '../precondition/describe-judged.ts';
import { describePrelude } from './describe-prelude.ts';
import type { RemediationStatus } from './remediation.ts';
import { deedOf } from './what-was-done.ts';

/** Longest text of one line; what came from labels must not flood the page. */
const MAX_LINE = 300;

/**
 * Text from outside made harmless for the Web UI's Markdown: no line breaks, links, images, HTML or invisible
 * direction marks.
 */
export function plainText(value: string, max = MAX_LINE): string {
  return value
    .slice(0, max)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\\`*_{}[\]()<>#|!~]/g, '\\$&');
}

/** The remediation as Markdown: what `setCurrentDetails` shows in the Web UI while it runs and after. */
export function renderDetails(status: RemediationStatus): string {
  const { decision, planned, source, objective, budget, verification, fault } = status;
  const { effect, undo } = deedOf(status);
  const facts: (readonly [string, string | undefined])[] = [
    ['Now', status.summary],
    ['Outcome', status.outcome],
    ['Alert', status.alertResolved ? 'resolved' : 'firing'],
    ['Rule', decision && `${decision.rule || 'none'} (policy ${decision.policyRevision})`],
    ['At its source', source?.text],
    ['Rung', describeRung(status.ladder)],
    ...(status.ladder?.tried ?? []).map((one): [string, string] => ['Tried before', describeTriedRung(one)]),
    ['Target', planned && formatTarget(planned.target)],
    ['Objective before', objective?.text],
    ['Budget', budget?.reason],
    ['Planned', effect === undefined ? planned?.title : undefined],
    ...judgedOf(status).map((one): [string, string] => ['Precondition', describeJudged(one)]),
    ['Before it', status.prelude && describePrelude(status.prelude)],
    ['Done', effect],
    ['Verification', verification?.summary],
    ['Undo', undo],
    ...(fault === undefined ? [] : [describeFault(fault)]),
    ...(status.diagnosis?.findings ?? []).slice(0, 4).map((text): [string, string] => ['Seen', text]),
    ['Told', status.notified.length > 0 ? status.notified.join(', ') : undefined],
  ];
  const lines = facts.flatMap(([name, text]) => (text === undefined ? [] : [`- **${name}:** ${plainText(text)}`]));
  const timeline = status.timeline.map((entry) => `1. ${entry.at.slice(11, 19)} ${plainText(entry.text)}`);
  return [...lines, '', ...timeline].join('\n');
}
