import type { RemediationNotice } from './notification.ts';
import { redactAlert, redactText } from './redact.ts';

/** Lengths in UTF-16 code units. Together they keep any message below about 200,000, whatever an alert holds. */
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

/**
 * A notice as it may leave the house: secrets redacted, every part bounded, the runbook looked up. What does not fit is
 * cut with an ellipsis; a URL, a label and an annotation that are too many or whose name is too long are left out.
 * Source of the runbook's annotation: the convention of the Kubernetes mixins.
 */
export function safeNotice(notice: RemediationNotice): RemediationNotice {
  const { alert, action, target, signal, manualCommand, webUiUrl } = notice;
  const { labels, annotations } = redactAlert({ ...alert, status: 'firing', generatorURL: '', fingerprint: '' });
  const runbookUrl = safeUrl(notice.runbookUrl ?? annotations['runbook_url']);
  const webUi = safeUrl(webUiUrl);
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
    ...(action === undefined ? {} : { action: safeText(action, MAX_NAME) }),
    ...(target === undefined ? {} : { target: safeText(target, MAX_LINE) }),
    ...(notice.replicas === undefined ? {} : { replicas: notice.replicas }),
    ...(signal === undefined ? {} : { signal: { ...signal, name: safeText(signal.name, MAX_NAME) } }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    ...(manualCommand === undefined ? {} : { manualCommand: safeText(manualCommand, MAX_COMMAND) }),
    ...(webUi === undefined ? {} : { webUiUrl: webUi }),
  };
}

/** Redacted before it is cut, so that no half of a secret is left that nothing recognises. */
function safeText(text: string, max: number): string {
  const redacted = redactText(text).toWellFormed();
  return redacted.length <= max ? redacted : `${redacted.slice(0, max - 1).toWellFormed()}…`;
}

/** Half a URL leads nowhere. */
function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined || url.length > MAX_URL || !URL.canParse(url)) return undefined;
  return redactText(url);
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
