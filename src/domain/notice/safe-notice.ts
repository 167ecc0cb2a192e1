import type { Movement } from '../actions/readings.ts';
import { defined } from '../defined.ts';
import type { NoticeLink, RemediationNotice } from './notification.ts';
import { cut } from '../text/plain-text.ts';
import { foreignLinks } from '../text/foreign-links.ts';
import { redactAlert, redactText } from '../text/redact.ts';

/** Lengths in UTF-16 code units. Without picture and report they keep any message below 200,000, whatever an alert holds. */
const MAX_SENTENCE = 500;
const MAX_LINES = 50;
const MAX_LINE = 500;
const MAX_COMMAND = 2048;
const MAX_URL = 2048;
const MAX_NAME = 256;
const MAX_UNIT = 64;
const MAX_LABELS = 64;
const MAX_LABEL = 1024;
const MAX_ANNOTATIONS = 32;
const MAX_ANNOTATION = 2048;
const MAX_LINKS = 16;
const MAX_LINK_TEXT = 80;
const MAX_SVG = 100_000;
const MAX_REPORT = 200_000;

/**
 * A notice as it may leave the house: secrets redacted, every part bounded, the runbook looked up. What does not fit is
 * cut with an ellipsis; a URL, a label and an annotation that are too many or whose name is too long are left out, and so
 * are URLs that are not http, a runbook of the alert's own at a host that is not allowed, and a picture or a report that is too large.
 * Source of the runbook's annotation: the convention of the Kubernetes mixins.
 */
export function safeNotice(notice: RemediationNotice): RemediationNotice {
  const { alert, signal, moved } = notice;
  const { labels, annotations } = redactAlert({ ...alert, status: 'firing', generatorURL: '', fingerprint: '' });
  const links = safeLinks(notice.links);
  return {
    kind: notice.kind,
    remediationId: notice.remediationId.toWellFormed(),
    alert: {
      labels: safeEntries(labels, MAX_LABELS, MAX_LABEL),
      annotations: safeEntries(annotations, MAX_ANNOTATIONS, MAX_ANNOTATION),
      startsAt: alert.startsAt,
    },
    summary: safeText(notice.summary, MAX_SENTENCE),
    details: newest(notice.details).map((line) => safeText(line, MAX_LINE)),
    ...defined({
      resolved: notice.resolved,
      action: optionalText(notice.action, MAX_NAME),
      target: optionalText(notice.target, MAX_LINE),
      effect: optionalText(notice.effect, MAX_SENTENCE),
      moved: moved && safeMovement(moved),
      undo: optionalText(notice.undo, MAX_SENTENCE),
      signal: signal && { ...signal, name: safeText(signal.name, MAX_NAME) },
      runbookUrl: trustedUrl(runbookOf(notice), notice),
      manualCommand: optionalText(notice.manualCommand, MAX_COMMAND),
      webUiUrl: safeUrl(notice.webUiUrl),
      links: links.length === 0 ? undefined : links,
      pictureUrl: safeUrl(notice.pictureUrl),
      pictureSvg: safeSvg(notice.pictureSvg),
      reportMarkdown: safeReport(notice.reportMarkdown),
    }),
  };
}

/** Redacted before it is cut, so that no half of a secret is left that nothing recognises. */
function safeText(text: string, max: number): string {
  return cut(redactText(text), max);
}

function optionalText(text: string | undefined, max: number): string | undefined {
  return text === undefined ? undefined : safeText(text, max);
}

function safeMovement({ name, before, after, unit }: Movement): Movement {
  return { name: safeText(name, MAX_NAME), before, after, ...defined({ unit: optionalText(unit, MAX_UNIT) }) };
}

/** Redacted text by text where it was made: its pictures would not stand it. */
function safeReport(report: string | undefined): string | undefined {
  return report === undefined || report.length > MAX_REPORT ? undefined : report.toWellFormed();
}

/** Where the notice, or else the alert, sends people to read. */
export function runbookOf({ runbookUrl, alert }: Pick<RemediationNotice, 'runbookUrl' | 'alert'>): string | undefined {
  return runbookUrl ?? alert.annotations['runbook_url'];
}

function trustedUrl(url: string | undefined, { alert, linkHosts }: RemediationNotice): string | undefined {
  return url !== undefined && foreignLinks(alert, linkHosts).isTrusted(url) ? safeUrl(url) : undefined;
}

/** Half a URL leads nowhere, and one that is not http may do something. */
function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined || url.length > MAX_URL || !URL.canParse(url)) return undefined;
  return /^https?:$/.test(new URL(url).protocol) ? redactText(url) : undefined;
}

function safeLinks(links: readonly NoticeLink[] = []): NoticeLink[] {
  return links
    .flatMap(({ text, url }) => {
      const safe = safeUrl(url);
      return safe === undefined ? [] : [{ text: safeText(text, MAX_LINK_TEXT), url: safe }];
    })
    .slice(0, MAX_LINKS);
}

function safeSvg(svg: string | undefined): string | undefined {
  if (svg === undefined || svg.length > MAX_SVG || !/^\s*<(?:\?xml|svg)\b/.test(svg)) return undefined;
  return redactText(svg).toWellFormed();
}

function safeEntries(values: Readonly<Record<string, string>>, count: number, max: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.length <= MAX_NAME)
      .slice(0, count)
      .map(([name, value]) => [name.toWellFormed(), safeText(value, max)]),
  );
}

function newest(lines: readonly string[]): string[] {
  if (lines.length <= MAX_LINES) return [...lines];
  const kept = lines.slice(1 - MAX_LINES);
  return [`(${lines.length - kept.length} earlier lines left out)`, ...kept];
}
