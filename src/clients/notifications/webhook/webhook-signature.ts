import { createHmac } from 'node:crypto';
import type { SecretRef } from '../../../config/endpoint.ts';
import { MendloopError } from '../../../domain/failures.ts';
import { namedSecret } from '../named-secret.ts';

/** Bytes of a key, by the specification. */
const MIN_KEY = 24;
const MAX_KEY = 64;

export interface SignedMessage {
  readonly channel: string;
  readonly id: string;
  readonly body: string;
  readonly settings: {
    readonly signingSecret?: SecretRef | undefined;
    readonly previousSigningSecret?: SecretRef | undefined;
  };
}

/**
 * Headers by which a receiver knows a repetition (`webhook-id`, also as `Idempotency-Key`), the attempt's time in seconds
 * since the epoch, and, where a secret is configured, that the message is ours: HMAC-SHA256 of `id.timestamp.body`.
 * Source: the Standard Webhooks specification 1.0.0.
 *
 * @throws MendloopError `NotificationFailed` if a secret is missing or is none.
 */
export function webhookHeaders({ channel, id, body, settings }: SignedMessage): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const content = `${id}.${timestamp}.${body}`;
  const signatures = [settings.signingSecret, settings.previousSigningSecret]
    .filter((ref) => ref !== undefined)
    .map((ref) => `v1,${createHmac('sha256', keyOf(channel, ref)).update(content).digest('base64')}`);
  return {
    'idempotency-key': id,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
  };
}

function keyOf(channel: string, ref: SecretRef): Buffer {
  const encoded = namedSecret(channel, ref).replace(/^whsec_/, '');
  const key = Buffer.from(encoded, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || key.length < MIN_KEY || key.length > MAX_KEY) {
    const wanted = `whsec_ and ${MIN_KEY} to ${MAX_KEY} bytes in base64`;
    throw new MendloopError('NotificationFailed', `channel ${channel}: its signing secret is not ${wanted}`);
  }
  return key;
}
