import { createHash } from 'node:crypto';

/** The key in the alphabet of a header, whatever an alert or a channel is called, and without the specification's `.`. */
export function messageId(idempotencyKey: string): string {
  return `msg_${createHash('sha256').update(idempotencyKey).digest('base64url')}`;
}

/** The key of several notices together: the same however they are ordered. */
export function digestKey(idempotencyKeys: readonly string[]): string {
  return `digest/${createHash('sha256').update(JSON.stringify(idempotencyKeys.toSorted())).digest('hex')}`;
}
