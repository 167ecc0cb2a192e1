import { createHmac, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { MendloopError } from '../../domain/failures.ts';

/** Characters; what is signed has bounds of its own. */
const MAX_TOKEN = 8192;
/** A secret that could be guessed would let anybody in. */
const MIN_SECRET = 32;

/** One kind of link: what it says, and the purpose that is signed with it, so that it is good for nothing else. */
export interface LinkKind<Claims> {
  readonly purpose: string;
  readonly schema: z.ZodType<Claims>;
}

/**
 * Claims as a text for a URL that only we can have made: `<claims>.<HMAC-SHA256>`, both in base64url.
 *
 * @throws MendloopError `Internal` if the secret is too short to be one.
 */
export function signClaims<Claims>({ purpose, schema }: LinkKind<Claims>, claims: Claims, secret: string): string {
  const encoded = Buffer.from(JSON.stringify(schema.parse(claims))).toString('base64url');
  return `${encoded}.${signature(encoded, purpose, secret).toString('base64url')}`;
}

/** The claims of a text of ours; undefined for anything else. Compared in constant time, before it is parsed. */
export function readClaims<Claims>(
  { purpose, schema }: LinkKind<Claims>,
  token: string,
  secret: string,
): Claims | undefined {
  const [, encoded = '', given = ''] = /^([\w-]+)\.([\w-]{43})$/.exec(token.slice(0, MAX_TOKEN)) ?? [];
  if (!timingSafeEqual(signature(encoded, purpose, secret), bytesOf(given))) return undefined;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function signature(encoded: string, purpose: string, secret: string): Buffer {
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
