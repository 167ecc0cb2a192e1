import type { RemediationIdentity } from './remediation-id.ts';

const SHAPE = /^remediation\/([^/]+)\/([^/]+)\/([0-9a-f]{16})\/([1-9]\d{0,8})$/;

/**
 * The inverse of `remediationId`; undefined for the ID of any other workflow. Cluster and alert's name are as they were
 * given, at most 200 characters of them once encoded.
 */
export function parseRemediationId(id: string): RemediationIdentity | undefined {
  const [, cluster, name, fingerprint, n] = SHAPE.exec(id) ?? [];
  if (cluster === undefined || name === undefined || fingerprint === undefined) return undefined;
  return { cluster: decode(cluster), alertName: decode(name), fingerprint, n: Number(n) };
}

/** A long part is cut after encoding, perhaps inside an escape: what is left of that escape is dropped. */
function decode(part: string): string {
  for (let length = part.length; length >= Math.max(0, part.length - 12); length -= 1) {
    try {
      return decodeURIComponent(part.slice(0, length));
    } catch {
      // One character less, until the cut escape is gone.
    }
  }
  return part;
}
