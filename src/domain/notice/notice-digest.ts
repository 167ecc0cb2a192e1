import { NOTICE_API_VERSION } from './notice-body.ts';
import { changeOf, wordsOf } from './notice-text.ts';
import type { RemediationNotice } from './notification.ts';
import { plainLine } from '../text/plain-text.ts';
import { foreignLinks } from '../text/foreign-links.ts';
import { safeNotice } from './safe-notice.ts';

/** Notices that one digest holds at most: about 100 kB of JSON, whatever they say. */
export const MAX_DIGEST = 100;

/** What a digest tells of one remediation. */
export interface DigestEntry {
  readonly outcome: RemediationNotice['kind'];
  readonly resolved?: boolean;
  readonly remediationId: string;
  readonly alertName: string;
  readonly summary: string;
  readonly target?: string;
  readonly webUiUrl?: string;
}

/**
 * Body of the webhook channel where a rate limit held notices back, version `mendloop.dev/v1`. It stands for the notices
 * in it; failures are never among them.
 */
export interface DigestBody {
  readonly apiVersion: typeof NOTICE_API_VERSION;
  readonly kind: 'RemediationDigest';
  readonly summary: string;
  /** Oldest first. */
  readonly notices: readonly DigestEntry[];
}

/** Several notices as one body. */
export function renderDigestBody(notices: readonly RemediationNotice[]): DigestBody {
  return {
    apiVersion: NOTICE_API_VERSION,
    kind: 'RemediationDigest',
    summary: digestTitle(notices),
    notices: notices.map(entryOf),
  };
}

/** `12 remediations: 9 remediated, 3 observed`. */
export function digestTitle(notices: readonly RemediationNotice[]): string {
  const counts = new Map<string, number>();
  for (const notice of notices) counts.set(wordsOf(notice), (counts.get(wordsOf(notice)) ?? 0) + 1);
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`);
  return `${notices.length} remediations: ${parts.join(', ')}`;
}

/** One line for people. */
export function digestLine(notice: RemediationNotice): string {
  const { alert, target, signal, summary, kind } = safeNotice(notice);
  const of = target === undefined ? '' : ` (${target})`;
  const change = signal === undefined ? '' : `; ${signal.name} ${changeOf(signal)}`;
  const told = `${alert.labels['alertname'] ?? 'unnamed'}${of}: ${wordsOf({ kind })}. ${summary}${change}`;
  return plainLine(foreignLinks(notice.alert, notice.linkHosts).inText(told));
}

function entryOf(notice: RemediationNotice): DigestEntry {
  const { kind, resolved, remediationId, alert, summary, target, webUiUrl } = safeNotice(notice);
  return {
    outcome: kind,
    ...(resolved === undefined ? {} : { resolved }),
    remediationId,
    alertName: alert.labels['alertname'] ?? 'unnamed',
    summary,
    ...(target === undefined ? {} : { target }),
    ...(webUiUrl === undefined ? {} : { webUiUrl }),
  };
}
