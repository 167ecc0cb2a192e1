import type { Alert } from '../../domain/alert/alert.ts';
import { effectiveLabels } from '../../domain/alert/effective-labels.ts';
import type { Decision } from '../../domain/decision.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { plansOf } from '../../domain/ladder/plans-of.ts';
import { modeOf } from '../../domain/decision/mode-of.ts';
import { plainText } from '../../domain/remediation/remediation-details.ts';

/** Bytes. The server refuses a start whose summary is over 400 or whose details are over 20,000 once they are JSON. */
const MAX_SUMMARY = 180;
const MAX_DETAILS = 8_000;
/** UTF-16 code units of one label or annotation. */
const MAX_VALUE = 300;

/** What the Web UI shows of a remediation from its first moment: one line for the list, Markdown for its page. */
export function startMetadata(
  alert: Alert,
  decision?: Decision,
): { readonly staticSummary: string; readonly staticDetails: string } {
  const { labels, annotations } = alert;
  const object = effectiveLabels(labels);
  const where = ['cluster', 'namespace', 'service', 'pod'].flatMap((key) => object[key] ?? []).join('/');
  const headline = [labels['alertname'] ?? 'unnamed alert', where, labels['severity']].filter(Boolean);
  const details = [
    `**${plainText(annotations['summary'] ?? labels['alertname'] ?? 'unnamed alert', MAX_VALUE)}**`,
    '',
    `- firing since ${plainText(alert.startsAt)}`,
    ...(decision === undefined ? [] : [`- decided: ${plainText(wordsOf(decision), MAX_VALUE)}`]),
    ...list(labels),
    ...list(annotations),
  ];
  return {
    staticSummary: cut(headline.map((part) => plainText(part ?? '', MAX_VALUE)).join(' · '), MAX_SUMMARY),
    staticDetails: cut(details.join('\n'), MAX_DETAILS),
  };
}

function wordsOf(decision: Decision): string {
  const by = `rule ${decision.rule || 'none'}, policy ${decision.policyRevision}`;
  if (isPlanned(decision))
    return `${plansOf(decision)
      .map(({ action }) => action)
      .join(', then ')}, mode ${modeOf(decision).mode} (${by})`;
  return `${decision.verdict}: ${decision.reason} (${by})`;
}

function list(values: Readonly<Record<string, string>>): string[] {
  const line = ([key, value]: [string, string]) => `- ${plainText(key, MAX_VALUE)}: ${plainText(value, MAX_VALUE)}`;
  return Object.entries(values).map(line);
}

/** The beginning of a text in at most so many bytes of UTF-8; no character is split. */
function cut(text: string, maxBytes: number): string {
  const buffer = new Uint8Array(maxBytes);
  return new TextDecoder().decode(buffer.subarray(0, new TextEncoder().encodeInto(text, buffer).written));
}
