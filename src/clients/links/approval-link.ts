import { randomBytes } from 'node:crypto';
import { linkProblem, type LinkClaims, linkClaimsSchema } from '../../domain/approval/approval-link.ts';
import { readClaims, signClaims } from './signed-claims.ts';

/** What a link turned out to be. */
export type LinkReading =
  | { readonly status: 'valid'; readonly claims: LinkClaims }
  /** Genuine, and too late. */
  | { readonly status: 'expired'; readonly claims: LinkClaims; readonly reason: string }
  /** Not made with this secret, or changed since. */
  | { readonly status: 'forged' };

const KIND = { purpose: 'mendloop/approval-link/1', schema: linkClaimsSchema };

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
  return signClaims(KIND, claims, secret);
}

/** Reads what `signLink` made; `now` is milliseconds since the epoch. */
export function readLink(token: string, { secret, now }: { secret: string; now: number }): LinkReading {
  const claims = readClaims(KIND, token, secret);
  if (claims === undefined) return { status: 'forged' };
  const reason = linkProblem(claims, now);
  return reason === undefined ? { status: 'valid', claims } : { status: 'expired', claims, reason };
}
