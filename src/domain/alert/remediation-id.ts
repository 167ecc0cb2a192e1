import type { Alert } from './alert.ts';

/** Whose alert it is: the same through all of its incidents. */
export interface AlertIdentity {
  /** Of the settings or of the sender's credential, never of a label. */
  readonly cluster: string;
  readonly alertName: string;
  /** 16 hex digits. */
  readonly fingerprint: string;
}

/** One incident of an alert, and what is done about it. */
export interface RemediationIdentity extends AlertIdentity {
  /** Counts the alert's incidents, from 1. */
  readonly n: number;
}

const PREFIX = 'remediation';

/** Temporal's default limit for an ID is 1,000 characters; the rest of the ID needs about 50. */
const MAX_PART_LENGTH = 200;

export function alertIdentity(cluster: string, { labels, fingerprint }: Pick<Alert, 'labels' | 'fingerprint'>) {
  return { cluster, alertName: labels['alertname'] || 'unnamed', fingerprint } satisfies AlertIdentity;
}

/**
 * Identity of an incident, and ID of its workflow: `remediation/<cluster>/<alertname>/<fingerprint>/<n>`. Cluster and
 * name are percent-encoded, so that a slash or a line break in them cannot forge another incident's ID; the fingerprint
 * alone keeps the alerts of a cluster apart.
 */
export function remediationId({ cluster, alertName, fingerprint, n }: RemediationIdentity): string {
  return `${PREFIX}/${encodePart(cluster)}/${encodePart(alertName)}/${fingerprint}/${n}`;
}

/** As it stands in an ID: printable ASCII without a slash, at most 200 characters. */
export function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed()).slice(0, MAX_PART_LENGTH);
}

const FORM = /^remediation\/([^/]+)\/(.+)\/([0-9a-f]{16})\/([1-9]\d{0,8})$/s;
/** What `encodeURIComponent` leaves or makes. */
const ENCODED = /^[\w\-.!~*'()%]+$/;

/**
 * The remediation's ID that a text is, undefined if it is none: so that no other workflow can be reached by a name from
 * outside. An ID whose parts have been decoded once too often on its way, as proxies do, is put right; of a cluster with
 * a slash in its name it cannot be told where that ends, so that such an ID has to come as it is.
 */
export function toRemediationId(text: string): string | undefined {
  const [, cluster = '', name = '', fingerprint = '', n = ''] = FORM.exec(text) ?? [];
  if (cluster === '') return undefined;
  return `${PREFIX}/${encodedOnce(cluster)}/${encodedOnce(name)}/${fingerprint}/${n}`;
}

function encodedOnce(part: string): string {
  return ENCODED.test(part) ? part.slice(0, MAX_PART_LENGTH) : encodePart(part);
}
