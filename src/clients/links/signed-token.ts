import { createHmac, timingSafeEqual } from 'node:crypto';
import { MendloopError } from '../../domain/failures.ts';

/** Characters; what is signed has bounds of its own. */
const MAX_TOKEN = 8192;
/** A secret that could be guessed would let anybody in. */
const MIN_SECRET = 32;

/**
 * A text for a URL that only we can have made: `<payload>.<HMAC-SHA256>`, both in base64url. `purpose` is signed with
 * it, so that a token made for one thing is none for another.
 *
 * @throws MendloopError `Internal` if the secret is too short to be one.
 */
export function signToken(payload: string, { purpose, secret }: TokenKey): string {
  const encoded = Buffer.from(payload).toString('base64url');
  return `${encoded}.${signature(encoded, { purpose, secret }).toString('base64url')}`;
}

/** The payload of a token of ours; undefined for anything else. Compared in constant time, before it is read. */
export function readToken(token: string, key: TokenKey): string | undefined {
  const [, encoded = '', given = ''] = /^([\w-]+)\.([\w-]{43})$/.exec(token.slice(0, MAX_TOKEN)) ?? [];
  if (!timingSafeEqual(signature(encoded, key), bytesOf(given))) return undefined;
  return Buffer.from(encoded, 'base64url').toString('utf8');
}

export interface TokenKey {
  readonly purpose: string;
  readonly secret: string;
}

function signature(encoded: string, { purpose, secret }: TokenKey): Buffer {
  if (secret.length < MIN_SECRET) {
    throw new MendloopError('Internal', `the secret of links has fewer than ${MIN_SECRET} characters`);
  }
  return createHmac('sha256', secret).update(`${purpose}\n${encoded}`).digest();
}

/** Always as long as a signature: what is not one compares as zeros. */
function bytesOf(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return bytes.length === 32 ? bytes : Buffer.alloc(32);
}
