import {
  APPROVAL_REQUESTED,
  isFailure,
  ORDER_FORGED,
  type NoticeLink,
  type RemediationNotice,
} from './notification.ts';
import { defined } from '../defined.ts';
import { describeMovement } from '../remediation/what-was-done.ts';
import { cut, plainLine, plainText } from '../text/plain-text.ts';
import { redactText } from '../text/redact.ts';
import { sentenceCase } from '../text/sentence-case.ts';
import { asText, type ForeignLinks, foreignLinks } from '../text/foreign-links.ts';
import { runbookOf, safeNotice } from './safe-notice.ts';

/** Labels that tell people whose alert it is, with what they are called. */
const TELLING = { severity: 'Severity', team: 'Team', namespace: 'Namespace', service: 'Service' } as const;

/** Lengths in UTF-16 code units, once more: what is spelled out is longer than it was. */
const MAX_LINE = 500;
const MAX_VALUE = 1024;
const MAX_COMMAND = 2048;

/** How urgent it looks. */
export const Tone = { Bad: 'bad', Good: 'good', Neutral: 'neutral' } as const;
export type Tone = (typeof Tone)[keyof typeof Tone];

/** A notice in words for people, before any channel's own markup: secrets redacted, lengths bounded, nothing unseen. */
export interface NoticeText {
  /** One line: `OrderServiceCPUThrottling: remediation rolled back`. */
  readonly title: string;
  readonly tone: Tone;
  /** One sentence, one line. */
  readonly summary: string;
  /** What is known, in the order to tell it. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** What a human types. */
  readonly command?: string;
  /** What happened, one line each, oldest first. */
  readonly story: readonly string[];
  readonly links: readonly NoticeLink[];
  readonly pictureUrl?: string;
  readonly webUiUrl?: string;
  readonly remediationId: string;
  /** Empty if it is not known. */
  readonly target: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A notice in words for people. */
export function noticeText(notice: RemediationNotice): NoticeText {
  const safe = safeNotice(notice);
  const foreign = foreignLinks(notice.alert, notice.linkHosts);
  const line = (text: string) => oneLine(foreign.inText(text));
  const { alert, action, target, signal, manualCommand = '', runbookUrl, webUiUrl, pictureUrl } = safe;
  const title = line(titleOf(safe));
  const fact = (name: string, value = '') =>
    [{ name: line(name) || 'Value', value: line(value) }].filter((found) => found.value !== '');
  return {
    title,
    tone: toneOf(safe),
    summary: line(safe.summary) || title,
    facts: [
      ...fact('Target', target),
      ...fact('Action', action),
      ...deedFacts(safe).flatMap(({ name, value }) => fact(name, value)),
      ...(signal === undefined ? [] : fact(signal.name, changeOf(signal))),
      ...Object.entries(TELLING).flatMap(([label, name]) => fact(name, alert.labels[label])),
      ...fact('Since', alert.startsAt),
      ...(runbookUrl === undefined ? fact('Runbook, by the alert', asText(redactText(runbookOf(notice) ?? ''))) : []),
    ],
    ...(manualCommand.trim() === '' ? {} : { command: cut(plainText(manualCommand), MAX_COMMAND) }),
    story: safe.details.map(line).filter((told) => told !== ''),
    links: [
      ...(webUiUrl === undefined ? [] : [{ text: 'Remediation', url: webUiUrl }]),
      ...(runbookUrl === undefined ? [] : [{ text: 'Runbook', url: runbookUrl }]),
      ...(safe.links ?? []).map(({ text, url }) => ({ text: line(text) || 'Link', url })),
    ],
    ...defined({ pictureUrl, webUiUrl }),
    remediationId: line(safe.remediationId),
    target: line(target ?? ''),
    labels: values(alert.labels, foreign),
    annotations: values(alert.annotations, foreign),
  };
}

/** What was done and what became of it: a number where one was moved, else the effect in words. */
export function deedFacts(
  { effect, moved, undo }: Pick<RemediationNotice, 'effect' | 'moved' | 'undo'>,
  arrow?: string,
): { readonly name: string; readonly value: string }[] {
  const done =
    moved === undefined
      ? { name: 'Done', value: effect ?? '' }
      : { name: sentenceCase(moved.name), value: describeMovement(moved, arrow) };
  return [done, { name: 'Undo', value: undo ?? '' }].filter(({ value }) => value !== '');
}

/** The measurement before and after: `1.94 → 0.12 s`. */
export function changeOf({ before, after, unit }: Required<RemediationNotice>['signal'], arrow = '→'): string {
  const measured = (value: number | null) => (value === null ? 'unknown' : `${Number(value.toPrecision(3))}`);
  return `${measured(before)} ${arrow} ${measured(after)} ${unit}`.trimEnd();
}

/** An outcome as people say it. */
export function wordsOf({ kind }: Pick<RemediationNotice, 'kind'>): string {
  return kind.replaceAll('_', ' ');
}

function oneLine(text: string): string {
  return cut(plainLine(text), MAX_LINE);
}

function values(entries: Readonly<Record<string, string>>, foreign: ForeignLinks): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [oneLine(name), cut(plainLine(foreign.inText(value)), MAX_VALUE)]),
  );
}

function titleOf(notice: RemediationNotice): string {
  const name = notice.alert.labels['alertname'] ?? 'unnamed';
  if (notice.kind === APPROVAL_REQUESTED || notice.kind === ORDER_FORGED) return `${name}: ${wordsOf(notice)}`;
  return notice.resolved === true
    ? `${name}: resolved, the remediation was ${wordsOf(notice)}`
    : `${name}: remediation ${wordsOf(notice)}`;
}

function toneOf({ kind, resolved }: RemediationNotice): Tone {
  if (resolved === true || kind === 'remediated' || kind === 'already_healthy') return Tone.Good;
  return isFailure({ kind }) ? Tone.Bad : Tone.Neutral;
}
