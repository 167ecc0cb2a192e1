import { randomBytes } from 'node:crypto';
import { linkProblem, type LinkClaims, linkClaimsSchema, parseLinkClaims } from '../../domain/approval-link.ts';
import { readToken, signToken } from './signed-token.ts';

/** What a link turned out to be. */
export type LinkReading =
  | { readonly status: 'valid'; readonly claims: LinkClaims }
  /** Genuine, and too late. */
  | { readonly status: 'expired'; readonly claims: LinkClaims; readonly reason: string }
  /** Not made with this secret, or changed since. */
  | { readonly status: 'forged' };

const purpose = 'mendloop/approval-link/1';

/** A new link ID: 128 random bits. */
export function newLinkId(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * The claims as text for a URL.
 *
 * @throws MendloopError `Internal` if the secret is too short to be one.
 */
export function signLink(claims: LinkClaims, secret: string): string {
  return signToken(JSON.stringify(linkClaimsSchema.parse(claims)), { purpose, secret });
}

/** Reads what `signLink` made; `now` is milliseconds since the epoch. */
export function readLink(token: string, { secret, now }: { secret: string; now: number }): LinkReading {
  const payload = readToken(token, { purpose, secret });
  const claims = payload === undefined ? undefined : parseLinkClaims(payload);
  if (claims === undefined) return { status: 'forged' };
  const reason = linkProblem(claims, now);
  return reason === undefined ? { status: 'valid', claims } : { status: 'expired', claims, reason };
}
