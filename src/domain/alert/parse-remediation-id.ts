/** What the ID of a remediation says of its alert. */
export interface RemediationIdentity {
  /** As the alert gave it, at most 200 characters once encoded. */
  readonly alertName: string;
  readonly fingerprint: string;
  /** Epoch ms. */
  readonly startsAtMs: number;
}

const SHAPE = /^remediation\/([^/]*)\/([0-9a-f]{16})\/(-?\d+)$/;

/** The inverse of `remediationId`; undefined for the ID of any other workflow. */
export function parseRemediationId(id: string): RemediationIdentity | undefined {
  const [, name, fingerprint, startsAt] = SHAPE.exec(id) ?? [];
  if (name === undefined || fingerprint === undefined) return undefined;
  return { alertName: decode(name), fingerprint, startsAtMs: Number(startsAt) };
}

/** A long name is cut after encoding, perhaps inside an escape: what is left of that escape is dropped. */
function decode(name: string): string {
  for (let length = name.length; length >= Math.max(0, name.length - 12); length -= 1) {
    try {
      return decodeURIComponent(name.slice(0, length));
    } catch {
      // One character less, until the cut escape is gone.
    }
  }
  return name;
}
