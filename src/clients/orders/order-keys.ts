import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrderSettings } from '../../config/orders-schema.ts';
import { resolveSecret } from '../../config/secret.ts';
import { stateFolder } from '../../config/state-folder.ts';
import { ownKey, publicHalf, splitPems } from '../keys/ed25519.ts';
import { readOrUndefined } from '../keys/own-file.ts';

/** The API has the private key; workers have public ones only, so that none of them can vote. */
export const OrderFile = { SigningKey: 'signing-key.pem', PublicKeys: 'public-keys.pem' } as const;

export function ordersFolder({ folder }: Pick<OrderSettings, 'folder'>): string {
  return folder ?? join(stateFolder(), 'orders');
}

/**
 * The private key of the settings, or the one of the state folder; undefined where there is none yet.
 *
 * @throws SecretMissing if the settings name one that cannot be read.
 */
export function orderSigningKey(settings: OrderSettings): string | undefined {
  if (settings.signingKey !== undefined) return resolveSecret(settings.signingKey);
  return readOrUndefined(join(ordersFolder(settings), OrderFile.SigningKey));
}

/**
 * Makes the key of the state folder where the settings name none, and has it trusted. For the part that signs: a key that
 * was taken away is made anew, and the old one's votes are believed for as long as it stands among the public ones.
 */
export function makeOrderKeys(settings: OrderSettings): void {
  if (settings.signingKey !== undefined) return;
  const folder = ordersFolder(settings);
  const own = publicHalf(ownKey(join(folder, OrderFile.SigningKey)));
  const file = join(folder, OrderFile.PublicKeys);
  if (!splitPems(readOrUndefined(file) ?? '').includes(own.trim())) appendFileSync(file, own, { mode: 0o600 });
}

/** Public keys whose votes are believed; none is an answer too. */
export function trustedOrderKeys(settings: OrderSettings): readonly string[] {
  const { publicKeysFile } = settings;
  if (publicKeysFile !== undefined) return splitPems(readFileSync(publicKeysFile, 'utf8'));
  const made = splitPems(readOrUndefined(join(ordersFolder(settings), OrderFile.PublicKeys)) ?? '');
  return [...made, ...ownPublicKey(settings)];
}

/** Of a worker whose settings name a key that it was not given. */
function ownPublicKey({ signingKey }: OrderSettings): string[] {
  if (signingKey === undefined) return [];
  try {
    return [publicHalf(resolveSecret(signingKey))];
  } catch {
    return [];
  }
}
