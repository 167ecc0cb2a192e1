import { type Claim, isLead } from './claim.ts';
import type { Draft } from './draft.ts';
import { firstFollower, promote } from './line.ts';

/** A claim is given up before anything was granted: it may ask again. */
export function withdraw(draft: Draft, claim: Claim): void {
  const known = draft.claims.get(claim.remediationId);
  if (known === undefined) return;
  leaveGroup(draft, known);
  draft.claims.remove(claim.remediationId);
  draft.moved();
}

/**
 * A lead leaves its group without having acted: its end says nothing about the others. The first of them is next, and the
 * others follow that one.
 */
export function leaveGroup(draft: Draft, claim: Claim): void {
  if (!isLead(claim) || draft.claims.followersOf(claim.group) === 0) return;
  const successor = firstFollower(draft, claim.group);
  if (successor !== undefined) promote(draft, successor, claim);
}
