import { limitOf } from '../guards/cluster-limits.ts';
import { type Refused, RefusalReason } from '../guards/refusal.ts';
import { byTurn, type Claim, ClaimStatus, isWaiting, objectsOf, SlotStatus } from './claim.ts';
import type { Draft } from './draft.ts';

/** A turn that is not taken goes to the next. Long enough for a worker that was restarted meanwhile. */
const OFFER_MS = 60_000;

/** One that keeps missing its turns is asked less and less often. */
const MAX_REST_MS = 3_600_000;

/** Turns that one commit gives: the rest comes with the next ones. */
const MAX_OFFERS = 50;

/**
 * Offers what is free to those in line that fit: the most severe first, then by turns of namespaces, then in the order of
 * arrival. A namespace that is full holds up no other. The asker hears by the answer, and needs no wake-up.
 */
export function offerTurns(draft: Draft, asker?: string): void {
  const full = new Set<string>();
  let areSlotsFull = false;
  const fits = (claim: Claim) => {
    if (draft.claims.takersOf(claim).length > 0) return false; // Somebody has just had his turn.
    if (claim.slot !== SlotStatus.Wanted) return true;
    if (areSlotsFull || full.has(claim.namespace)) return false;
    const limit = limitFor(draft, claim);
    if (limit?.reason === RefusalReason.BlastRadius) full.add(claim.namespace);
    else if (limit !== undefined) areSlotsFull = true;
    return limit === undefined;
  };
  let line = readyOnes(draft);
  for (let offers = 0; offers < MAX_OFFERS; offers += 1) {
    const next = inTurn(draft, line).find(fits);
    if (next === undefined) break;
    offer(draft, next, next.remediationId === asker ? draft.now : draft.mail.wakeInTurn(next.remediationId));
    draft.moved();
    line = line.filter((claim) => claim !== next);
  }
}

/** Why the cluster has no slot for a claim now. */
export function limitFor(draft: Draft, claim: Claim): Refused | undefined {
  const { limits, now } = draft;
  return limitOf({ limits, now, candidate: claim, load: draft.loadWithout(claim.remediationId) });
}

/** Takes back the turns whose time is over. Gives how many there were. */
export function expireOffers(draft: Draft): number {
  let expired = 0;
  for (const claim of draft.claims.all()) {
    if (claim.offerEndsAt === undefined || claim.offerEndsAt > draft.now) continue;
    const misses = claim.misses + 1;
    const restMs = Math.min(OFFER_MS * 2 ** (misses - 1), MAX_REST_MS);
    draft.claims.put({ ...withoutOffer(claim), misses, notBefore: draft.now + restMs });
    stepBack(draft, claim.remediationId);
    expired += 1;
  }
  if (expired > 0) {
    draft.moved();
    offerTurns(draft);
  }
  return expired;
}

/** No turn that is on offer stands any more; or none for a slot. */
export function revokeOffers(draft: Draft, which: 'all' | 'slots' = 'all'): void {
  for (const claim of draft.claims.all()) {
    const isOffer = which === 'all' ? claim.offerEndsAt !== undefined : claim.slot === SlotStatus.Offered;
    if (isOffer) draft.claims.put(withoutOffer(claim));
  }
}

export function withoutOffer({ offerEndsAt: _, ...claim }: Claim): Claim {
  return {
    ...claim,
    status: claim.status === ClaimStatus.Offered ? ClaimStatus.Queued : claim.status,
    slot: claim.slot === SlotStatus.Offered ? SlotStatus.Wanted : claim.slot,
  };
}

/** One that does not take its turn must not keep those waiting that have joined it: the first of them leads from now on. */
function stepBack(draft: Draft, remediationId: string): void {
  const claim = draft.claims.get(remediationId);
  if (claim?.status !== ClaimStatus.Queued) return;
  const successor = firstFollower(draft, claim.group);
  if (successor === undefined) return;
  draft.claims.put({ ...claim, status: ClaimStatus.Joined, slot: SlotStatus.None, since: draft.now });
  promote(draft, successor, claim);
}

/** The first of those that have joined a group, as far as they were read. */
export function firstFollower(draft: Draft, group: string): Claim | undefined {
  const followers = draft.claims.all().filter((claim) => claim.group === group && claim.status === ClaimStatus.Joined);
  return followers.toSorted(byTurn)[0];
}

/** Those of them whose group has no lead take that place. */
export function leadGroups(draft: Draft, ids: readonly string[]): void {
  for (const id of ids) {
    const claim = draft.claims.get(id);
    if (claim?.status !== ClaimStatus.Joined || draft.claims.leadOf(claim.group) !== undefined) continue;
    promote(draft, claim, claim);
  }
}

/** A follower takes the place of its lead. */
export function promote(draft: Draft, follower: Claim, { rank, arrived }: Claim): void {
  draft.claims.put({
    ...follower,
    ...{ rank: Math.min(rank, follower.rank), arrived, since: draft.now, misses: 0, notBefore: 0 },
    status: ClaimStatus.Queued,
    slot: follower.wants === 'all' ? SlotStatus.Wanted : SlotStatus.None,
  });
}

/** Those that could have their turn now, were there slots for all. */
function readyOnes(draft: Draft): Claim[] {
  const line = draft.candidates().filter((claim) => isWaiting(claim) && claim.notBefore <= draft.now);
  if (line.length === 0) return line;
  // Small claims that come later must not keep one waiting for ever that wants several objects.
  const heads = new Map<string, Claim>();
  for (const claim of draft.claims.all()) {
    if (claim.status !== ClaimStatus.Queued || claim.notBefore > draft.now) continue;
    for (const object of objectsOf(claim)) {
      const head = heads.get(object);
      if (head === undefined || byTurn(claim, head) < 0) heads.set(object, claim);
    }
  }
  return line.filter(
    (claim) => claim.status === ClaimStatus.Held || objectsOf(claim).every((object) => heads.get(object) === claim),
  );
}

function inTurn(draft: Draft, line: readonly Claim[]): Claim[] {
  return line.toSorted(
    (one, other) =>
      Number(one.misses > 0) - Number(other.misses > 0) ||
      one.rank - other.rank ||
      draft.servedAt(one.namespace) - draft.servedAt(other.namespace) ||
      one.arrived - other.arrived,
  );
}

function offer(draft: Draft, claim: Claim, heardAt: number): void {
  draft.claims.put({
    ...claim,
    status: claim.status === ClaimStatus.Held ? ClaimStatus.Held : ClaimStatus.Offered,
    slot: claim.slot === SlotStatus.Wanted ? SlotStatus.Offered : claim.slot,
    since: claim.status === ClaimStatus.Held ? claim.since : draft.now,
    offerEndsAt: heardAt + OFFER_MS,
  });
  draft.serve(claim.namespace);
}
