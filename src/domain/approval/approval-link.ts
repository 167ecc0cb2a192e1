import { momentText } from '../text/moment-text.ts';
import { z } from 'zod';

/** What a one-time link says, and its signature vouches for. */
export const linkClaimsSchema = z.strictObject({
  remediationId: z.string().min(1).max(1000),
  /** Random; a link counts once. */
  linkId: z.string().regex(/^[\w-]{16,64}$/),
  /** The request for approval that it answers, by its `requestedAt`: the next request needs a link of its own. */
  round: z.string().min(1).max(100),
  /** Who votes by it. Not proven: the link's holder is taken for this person. */
  name: z.string().min(1).max(200),
  /** The roles that it stands for. */
  roles: z.array(z.string().min(1).max(120)).max(50),
  /** Milliseconds since the epoch. */
  expiresAt: z.number().int().nonnegative(),
});
export type LinkClaims = z.infer<typeof linkClaimsSchema>;

/** The person for whom a link is made. */
export type LinkApprover = Pick<LinkClaims, 'name' | 'roles'>;

/** Why a genuine link is not taken any more, for people; undefined if it is. `now` is milliseconds since the epoch. */
export function linkProblem({ expiresAt }: LinkClaims, now: number): string | undefined {
  return now < expiresAt ? undefined : `this link was good until ${momentText(expiresAt)}`;
}
