import type { Alert } from './alert.ts';

const PREFIX = 'remediation';

/** Temporal's default limit for an ID is 1,000 characters; the rest of the ID needs about 60. */
const MAX_NAME_LENGTH = 200;

/**
 * Identity of an alert, and ID of its workflow: `remediation/<alertname>/<fingerprint>/<startsAt in epoch ms>`.
 * A duplicate delivery gives the same ID and so meets the workflow that exists. The alert's name is percent-encoded, so
 * that a slash or a line break in it cannot forge another alert's ID; the fingerprint alone keeps the ID unique.
 */
export function remediationId(alert: Pick<Alert, 'labels' | 'fingerprint' | 'startsAt'>): string {
  const name = encodeURIComponent((alert.labels['alertname'] ?? 'unnamed').toWellFormed()).slice(0, MAX_NAME_LENGTH);
  return `${PREFIX}/${name}/${alert.fingerprint}/${Date.parse(alert.startsAt)}`;
}

const FORM = /^remediation\/(.+)\/([0-9a-f]{16})\/(-?\d{1,17})$/s;
/** What `encodeURIComponent` leaves or makes. */
const ENCODED = /^[\w\-.!~*'()%]+$/;

/**
 * The remediation's ID that a text is, undefined if it is none: so that no other workflow can be reached by a name from
 * outside. An ID whose name has been decoded once too often on its way, as proxies do, is put right.
 */
export function toRemediationId(text: string): string | undefined {
  const [, name = '', fingerprint = '', startsAt = ''] = FORM.exec(text) ?? [];
  if (name === '') return undefined;
  const encoded = ENCODED.test(name) ? name : encodeURIComponent(name.toWellFormed());
  return `${PREFIX}/${encoded.slice(0, MAX_NAME_LENGTH)}/${fingerprint}/${startsAt}`;
}
