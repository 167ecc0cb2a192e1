import type { NoticeLink, RemediationNotice } from './notification.ts';
import { cut } from '../text/plain-text.ts';
import { redactAlert, redactText } from '../text/redact.ts';

/** Lengths in UTF-16 code units. Without picture and report they keep any message below 200,000, whatever an alert holds. */
const MAX_SENTENCE = 500;
const MAX_LINES = 50;
const MAX_LINE = 500;
const MAX_COMMAND = 2048;
const MAX_URL = 2048;
const MAX_NAME = 256;
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
 * are URLs that are not http, and a picture or a report that is too large.
 * Source of the runbook's annotation: the convention of the Kubernetes mixins.
 */
export function safeNotice(notice: RemediationNotice): RemediationNotice {
  const { alert, action, target, signal, manualCommand, webUiUrl } = notice;
  const { labels, annotations } = redactAlert({ ...alert, status: 'firing', generatorURL: '', fingerprint: '' });
  const runbookUrl = safeUrl(notice.runbookUrl ?? annotations['runbook_url']);
  const webUi = safeUrl(webUiUrl);
  const pictureUrl = safeUrl(notice.pictureUrl);
  const pictureSvg = safeSvg(notice.pictureSvg);
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
    ...(notice.resolved === undefined ? {} : { resolved: notice.resolved }),
    ...(action === undefined ? {} : { action: safeText(action, MAX_NAME) }),
    ...(target === undefined ? {} : { target: safeText(target, MAX_LINE) }),
    ...(notice.replicas === undefined ? {} : { replicas: notice.replicas }),
    ...(signal === undefined ? {} : { signal: { ...signal, name: safeText(signal.name, MAX_NAME) } }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    ...(manualCommand === undefined ? {} : { manualCommand: safeText(manualCommand, MAX_COMMAND) }),
    ...(webUi === undefined ? {} : { webUiUrl: webUi }),
    ...(links.length === 0 ? {} : { links }),
    ...(pictureUrl === undefined ? {} : { pictureUrl }),
    ...(pictureSvg === undefined ? {} : { pictureSvg }),
    // Redacted text by text where it was made: its pictures would not stand it.
    ...(notice.reportMarkdown === undefined || notice.reportMarkdown.length > MAX_REPORT
      ? {}
      : { reportMarkdown: notice.reportMarkdown.toWellFormed() }),
  };
}

/** Redacted before it is cut, so that no half of a secret is left that nothing recognises. */
function safeText(text: string, max: number): string {
  return cut(redactText(text), max);
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
