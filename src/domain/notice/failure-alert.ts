import { defined } from '../defined.ts';
import { deedFacts, changeOf, wordsOf } from './notice-text.ts';
import { FAILURE_ALERT, pageKey, type RemediationNotice } from './notification.ts';
import { foreignLinks } from '../text/foreign-links.ts';
import { safeNotice } from './safe-notice.ts';

/** An alert as Alertmanager's API takes it. Source: Alertmanager `api/v2/openapi.yaml`, `postableAlert`. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/** RFC 3339 instants between which the alert fires. */
export interface FiringTime {
  readonly startsAt: string;
  readonly endsAt: string;
}

/**
 * The alert that calls the on-call. It has the labels of the original, so that the routes that would have paged for the
 * original page for it too, but for four: `alertname` is `RemediationFailed`, `remediated_alertname` the original's
 * name, `mendloop_outcome` how it ended, and `mendloop_remediation` whose alert it is. The last makes posting it again
 * change nothing, and keeps a second failure of the same alert from being taken for the first.
 */
export function renderFailureAlert(notice: RemediationNotice, { startsAt, endsAt }: FiringTime): PostableAlert {
  const safe = safeNotice(notice);
  const foreign = foreignLinks(notice.alert, notice.linkHosts);
  const { kind, remediationId, alert, summary, runbookUrl, manualCommand, webUiUrl } = safe;
  const original = alert.labels['alertname'] ?? 'unnamed';
  return {
    labels: {
      ...alert.labels,
      alertname: FAILURE_ALERT,
      remediated_alertname: original,
      mendloop_outcome: kind,
      mendloop_remediation: pageKey(safe),
    },
    annotations: {
      ...Object.fromEntries(Object.entries(alert.annotations).map(([name, text]) => [name, foreign.inText(text)])),
      summary: foreign.inText(`${original}: remediation ${wordsOf(safe)}. ${summary}`),
      description: foreign.inText(describe(safe)),
      remediation_id: remediationId,
      ...defined({ runbook_url: runbookUrl, manual_command: manualCommand }),
    },
    startsAt,
    endsAt,
    ...defined({ generatorURL: webUiUrl }),
  };
}

/** What is known, for a person who has just been woken: what to do first, then the facts, then the story. */
function describe(notice: RemediationNotice): string {
  const { target, signal, manualCommand, details } = notice;
  return [
    manualCommand && `Undo by hand: ${manualCommand}`,
    target && `Target: ${target}`,
    ...deedFacts(notice, '->').map(({ name, value }) => `${name}: ${value}`),
    signal && `${signal.name}: ${changeOf(signal, '->')}`,
    ...details,
  ]
    .filter((line) => line !== undefined && line !== '')
    .join('\n');
}
