import type { SecretRef } from '../../config/endpoint.ts';
import { resolveSecret, SecretMissing } from '../../config/secret.ts';
import { MendloopError } from '../../domain/failures.ts';

/**
 * The secret that the settings name, read anew.
 *
 * @throws MendloopError `NotificationFailed`: a secret that is missing may be there again at the next attempt.
 */
export function namedSecret(channel: string, ref: SecretRef): string {
  try {
    return resolveSecret(ref);
  } catch (error) {
    if (!(error instanceof SecretMissing)) throw error;
    throw new MendloopError('NotificationFailed', `channel ${channel}: ${error.message}`);
  }
}
