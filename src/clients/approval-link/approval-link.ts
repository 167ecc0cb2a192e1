import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { linkProblem, type LinkClaims, linkClaimsSchema, parseLinkClaims } from '../../domain/approval-link.ts';
import { MendloopError } from '../../domain/failures.ts';

/** What a link turned out to be. */
export type LinkReading =
  | { readonly status: 'valid'; readonly claims: LinkClaims }
  /** Genuine, and too late. */
  | { readonly status: 'expired'; readonly claims: LinkClaims; readonly reason: string }
  /** Not made with this secret, or changed since. */
  | { readonly status: 'forged' };

/** Signed before the claims, so that a signature of ours for any other purpose is none for a link. */
const PURPOSE = 'mendloop/approval-link/1';
/** Characters; the claims have bounds of their own. */
const MAX_TOKEN = 8192;
/** A secret that could be guessed would let anybody approve anything. */
const MIN_SECRET = 32;

/** A new link ID: 128 random bits. */
export function newLinkId(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * The claims as text for a URL: `<claims>.<HMAC-SHA256>`, both in base64url.
 *
 * @throws MendloopError `Internal` if the secret is too short to be one.
 */
export function signLink(claims: LinkClaims, secret: string): string {
  const payload = Buffer.from(JSON.stringify(linkClaimsSchema.parse(claims))).toString('base64url');
  return `${payload}.${signature(payload, secret).toString('base64url')}`;
}

/** Reads what `signLink` made; `now` is milliseconds since the epoch. Compared in constant time, before it is parsed. */
export function readLink(token: string, { secret, now }: { secret: string; now: number }): LinkReading {
  const [, payload = '', given = ''] = /^([\w-]+)\.([\w-]{43})$/.exec(token.slice(0, MAX_TOKEN)) ?? [];
  if (!timingSafeEqual(signature(payload, secret), bytesOf(given))) return { status: 'forged' };
  const claims = parseLinkClaims(Buffer.from(payload, 'base64url').toString('utf8'));
  if (claims === undefined) return { status: 'forged' };
  const reason = linkProblem(claims, now);
  return reason === undefined ? { status: 'valid', claims } : { status: 'expired', claims, reason };
}

function signature(payload: string, secret: string): Buffer {
  if (secret.length < MIN_SECRET) {
    throw new MendloopError('Internal', `the secret of approval links has fewer than ${MIN_SECRET} characters`);
  }
  return createHmac('sha256', secret).update(`${PURPOSE}\n${payload}`).digest();
}

/** Always as long as a signature: what is not one compares as zeros. */
function bytesOf(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return bytes.length === 32 ? bytes : Buffer.alloc(32);
}
