import type { Reading } from '../actions/readings.ts';
import type { Alert } from '../alert/alert.ts';
import { diagnosisParts } from '../diagnosis/diagnosis-text.ts';
import { describeRung, describeTriedRung } from '../ladder/ladder.ts';
import { planInForce } from '../ladder/plan-in-force.ts';
import { runbookOf } from '../decision/runbook-of.ts';
import { formatTarget } from '../target/format-target.ts';
import { asText, foreignLinks } from '../text/foreign-links.ts';
import { cut, plainLine } from '../text/plain-text.ts';
import { movementPlot, objectivePlot, type RemediationPlot } from '../plot/remediation-plots.ts';
import { describeJudged, judgedOf } from '../precondition/describe-judged.ts';
import { redactText } from '../text/redact.ts';
import { describeFault } from '../remediation/describe-fault.ts';
import { Outcome } from '../remediation/outcome.ts';
import { describePrelude } from '../remediation/describe-prelude.ts';
import { OUTCOME_WORDS, type OutcomeTone } from '../remediation/outcome-words.ts';
import type { RemediationStatus } from '../remediation/remediation.ts';
import { deedOf } from '../remediation/what-was-done.ts';
import { momentText } from '../text/moment-text.ts';
import type { Sample } from '../verification/measurement.ts';
import { reportStory } from './report-story.ts';

export interface ReportInput {
  readonly id: string;
  readonly status: RemediationStatus;
  /** As the remediation was started for it; absent if it is not known any more. */
  readonly alert?: Pick<Alert, 'labels' | 'annotations' | 'startsAt'> | undefined;
  readonly links?: readonly { readonly text: string; readonly url: string }[];
  /** Hosts that links of the alert's own may lead to. */
  readonly linkHosts?: readonly string[];
}

/** A post-mortem as data: what its Markdown and its HTML say alike. All texts are plain, redacted and bounded. */
export interface ReportContent {
  readonly title: string;
  /** How it ended, or where it stands, as a word with its tone. */
  readonly badge: { readonly text: string; readonly tone: OutcomeTone };
  /** What a reader wants to know first: name and sentences. */
  readonly story: readonly (readonly [string, string])[];
  /** Name and value, in the order of reading. */
  readonly facts: readonly (readonly [string, string])[];
  readonly timeline: readonly { readonly at: string; readonly step: string; readonly text: string }[];
  readonly plots: readonly RemediationPlot[];
  /** Unified diff of the planned change. */
  readonly diff?: string;
  readonly evidence: readonly { readonly name: string; readonly text: string }[];
  /** What was seen when a human had to be asked or told: heading and lines, part by part. */
  readonly diagnosis: readonly (readonly [string, readonly string[]])[];
  readonly links: readonly { readonly text: string; readonly url: string }[];
}

const MAX_FACT = 600;
const MAX_DIFF = 8_000;

export function reportContent({ id, status, alert, links = [], linkHosts }: ReportInput): ReportContent {
  const { decision, outcome, timeline, preview, evidence } = status;
  const name = alert?.labels['alertname'] ?? 'Remediation';
  const { isTrusted, inText } = foreignLinks(alert, linkHosts);
  const runbook = runbookOf(decision) ?? '';
  const isLink = isTrusted(runbook);
  const told = [
    ...facts({ status, alert }),
    ...(isLink || runbook === '' ? [] : [['Runbook, by the alert', safe(asText(runbook))] as const]),
    ['Remediation', safe(id)] as const,
  ];
  return {
    title: safe(inText(`${name}: ${(outcome ?? status.step).replaceAll('_', ' ')}`)),
    badge: outcome === undefined ? { text: 'Not ended', tone: 'calm' } : badgeOf(outcome),
    story: reportStory({ status, alert }).map(([question, answer]) => [question, safe(inText(answer))]),
    facts: told.map(([key, value]) => [key, inText(value)] as const),
    timeline: timeline.map(({ at, step, text }) => ({ at, step, text: safe(inText(text)) })),
    plots: [objectivePlot(status), movementPlot(status)].filter((plot) => plot !== undefined),
    ...(preview === undefined ? {} : { diff: cut(redactText(preview.diff), MAX_DIFF) }),
    evidence: (evidence?.signals ?? []).map((signal) => ({ name: safe(signal.name), text: evidenceText(signal) })),
    diagnosis: (status.diagnosis === undefined ? [] : diagnosisParts(status.diagnosis)).map(([heading, lines]) => [
      heading,
      lines.map((line) => safe(inText(line))),
    ]),
    links: [...links, ...(isLink ? [{ text: 'Runbook', url: runbook }] : [])].filter(({ url }) =>
      /^https?:\/\//.test(url),
    ),
  };
}

function facts({ status, alert }: Pick<ReportInput, 'status' | 'alert'>): (readonly [string, string])[] {
  const { decision, planned, source, objective, budget, verification, fault, notified, evidence, approval } = status;
  const { effect, undo } = deedOf(status);
  const plan = planInForce(status);
  const target = planned?.target ?? plan?.target;
  const rows: (readonly [string, string | undefined])[] = [
    ['Alert fired', alert && momentText(alert.startsAt)],
    ['Alert now', status.alertResolved ? 'resolved' : 'firing'],
    ['At its source', source?.text],
    ['Target', target && formatTarget(target)],
    ['Rule', decision && `${decision.rule || 'none'}, policy ${decision.policyRevision}`],
    ['Mode', decision?.effectiveMode && `${decision.effectiveMode.mode} (${decision.effectiveMode.source})`],
    ['Rung', describeRung(status.ladder)],
    ...(status.ladder?.tried ?? []).map((one) => ['Tried before', describeTriedRung(one)] as const),
    ['Evidence', evidence?.summary],
    [
      'Approval',
      approval &&
        `${approval.status}: ${approval.votes.map(({ by, approve }) => `${by} said ${approve ? 'yes' : 'no'}`).join(', ') || 'nobody voted'}`,
    ],
    ['Cost', budget?.reason],
    ['Objective before', objective?.text],
    ['Planned', planned?.title],
    ['Danger', planned && plan?.danger],
    ...judgedOf(status).map((one) => ['Precondition', describeJudged(one)] as const),
    ['Seen before', planned && readingsText(planned.readings)],
    ['Before it', status.prelude && describePrelude(status.prelude)],
    ['Done', effect],
    ['Seen after', readingsText(status.effect?.readings)],
    ['Proof', verification && `${verification.verdict}: ${verification.summary}`],
    ...(verification?.checks ?? []).map(
      ({ name, before, after }) =>
        [
          `Proof: ${name}`,
          `${before?.text ?? 'not looked at'} before; ${after?.text ?? 'not looked at'} after`,
        ] as const,
    ),
    ...(verification?.neighbours ?? []).map(
      (neighbour) =>
        [
          `Neighbour ${neighbour.name}`,
          `${sample(neighbour.before)} before, ${sample(neighbour.after)} after`,
        ] as const,
    ),
    ['Undo', undo],
    ['Undo by hand', isLeft(status) ? planned?.manualUndo : undefined],
    ...(fault === undefined ? [] : [describeFault(fault)]),
    ['Told', notified.length > 0 ? notified.join(', ') : undefined],
  ];
  return rows.flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[safe(key), safe(value)] as const],
  );
}

/** A newer server may know more of them. */
function badgeOf(outcome: Outcome): ReportContent['badge'] {
  return Object.hasOwn(OUTCOME_WORDS, outcome) ? OUTCOME_WORDS[outcome] : { text: safe(outcome), tone: 'calm' };
}

/** Whether a change of ours stands that ought not to: the undo failed, or none was tried. */
function isLeft({ outcome, effect, compensation }: RemediationStatus): boolean {
  return outcome === Outcome.Escalated && effect?.changed === true && compensation === undefined;
}

function readingsText(readings: readonly Reading[] = []): string {
  return readings.map(({ name, text }) => `${name}: ${text}`).join('; ');
}

function sample(value: Sample): string {
  return value.status === 'known' ? String(Number(value.value.toPrecision(4))) : `unknown (${value.reason})`;
}

function evidenceText({
  value,
  median,
  mad,
  score,
  weight,
  unit,
  reason,
}: NonNullable<RemediationStatus['evidence']>['signals'][number]): string {
  const shown = (number: number | null) =>
    number === null ? 'unknown' : `${Number(number.toPrecision(4))} ${unit}`.trim();
  const why = reason === undefined ? '' : `; ${reason.replaceAll('_', ' ')}`;
  return safe(
    `${shown(value)} now, usually ${shown(median)} (MAD ${shown(mad)}); score ${score.toFixed(2)} of weight ${weight}${why}`,
  );
}

/** Everything here may come from labels, or from servers outside. */
function safe(text: string): string {
  return cut(plainLine(redactText(text)), MAX_FACT);
}
