import { bounded } from '../guards/recent.ts';
import { learn, noteVanished, withCure } from '../guards/target-rules.ts';
import { Outcome } from '../remediation/outcome.ts';
import type { LeaveRequest } from './admission.ts';
import { type Claim, ClaimStatus, isWaiting, objectsOf, SlotStatus } from './claim.ts';
import type { Draft } from './draft.ts';
import { leaveGroup } from './leave-group.ts';
import { offerTurns, withoutOffer } from './line.ts';
import { holdVanishedMoney, settleMoney } from './money.ts';
import { LAST_RANK } from './severity.ts';

/**
 * A remediation gives something back, or does not want to wait any longer. One that was never known is remembered as
 * gone: its request may still be under way. Told again it changes nothing.
 */
export function leave(draft: Draft, request: LeaveRequest): void {
  const { remediationId, outcome, what, enterAgainAt } = request;
  draft.record(request.audit);
  if (what === 'all') {
    draft.end({ remediationId, outcome, ...(enterAgainAt === undefined ? {} : { enterAgainAt }) });
  }
  if (draft.claims.tombstone(remediationId) !== undefined) return;
  const claim = draft.claims.get(remediationId);
  // One that stands aside has left nothing yet.
  if (claim !== undefined && (claim.status === ClaimStatus.Held || claim.lendsSince !== undefined)) {
    if (what !== 'aside') giveSlotBack(draft, claim, request);
    if (what === 'slot' || what === 'lend') lend(draft, request);
    if (what === 'aside') standAside(draft, remediationId);
    if (what === 'all') leaveTarget(draft, claim, request);
  } else if (what === 'all') {
    // It waited, had joined, or was never known.
    if (claim !== undefined) leaveGroup(draft, claim);
    settleMoney(draft, remediationId, false);
    bury(draft, request);
  } else return;
  draft.moved();
  offerTurns(draft);
}

/** Remediations that have ended without leaving. Each may have changed its target just now. Gives those that were known. */
export function vanish(draft: Draft, ids: readonly string[]): string[] {
  const { now } = draft;
  const gone: string[] = [];
  for (const remediationId of ids) {
    const claim = draft.claims.get(remediationId);
    if (claim === undefined) continue;
    const { target, status, slot } = claim;
    if (slot === SlotStatus.Taken) draft.act(claim, now);
    if (status === ClaimStatus.Held) {
      draft.note(`${remediationId} has ended without saying so`);
      draft.remember(target, noteVanished(draft.memory(target), remediationId, now));
    }
    holdVanishedMoney(draft, remediationId);
    leaveGroup(draft, claim);
    draft.claims.remove(remediationId);
    gone.push(remediationId);
  }
  if (gone.length > 0) {
    draft.moved();
    offerTurns(draft);
  }
  return gone;
}

/** Others may change the cluster now; what was changed is counted, and its money spent or free. */
function giveSlotBack(draft: Draft, claim: Claim, { acted, actedAt, prelude, keepMoney }: LeaveRequest): void {
  const { remediationId, slot } = claim;
  const at = Math.min(actedAt ?? draft.now, draft.now);
  if (slot === SlotStatus.Taken && prelude !== undefined) draft.act({ ...prelude, remediationId, locks: [] }, at);
  if (slot === SlotStatus.Taken && acted) draft.act(claim, at);
  settleMoney(draft, remediationId, keepMoney);
  draft.claims.put({ ...withoutOffer(claim), slot: SlotStatus.None, heldBack: false });
}

/** It has done its part, and only leases the target or watches: it makes way for those that come. */
function lend(draft: Draft, { remediationId, outcome, acted, actedAt, what }: LeaveRequest): void {
  const claim = draft.claims.get(remediationId);
  if (claim === undefined) return;
  const watches = what === 'slot';
  if (claim.lendsSince !== undefined && (watches || claim.watches !== true)) return;
  const { target } = claim;
  // The cure is over with the lease's beginning: an alert that comes back meanwhile is a flap.
  const isCure = !watches && acted && outcome === Outcome.Remediated;
  if (isCure) draft.remember(target, withCure(draft.memory(target), claim, draft.now));
  draft.claims.put({
    ...claim,
    ...{ lendsSince: draft.now, watches, cureCounted: isCure },
    ...(acted ? { actedAt: Math.min(actedAt ?? draft.now, draft.now) } : {}),
  });
  const lent = new Set(objectsOf(claim));
  const waits = draft.claims
    .all()
    .find(
      (other) => isWaiting(other) && other.lendsSince === undefined && objectsOf(other).some((one) => lent.has(one)),
    );
  if (waits !== undefined) draft.mail.wake(remediationId, { kind: 'yield', to: waits.remediationId });
}

/** Those that wait for the target come first, and this one has it back after them. */
function standAside(draft: Draft, remediationId: string): void {
  const claim = draft.claims.get(remediationId);
  if (claim?.lendsSince === undefined) return;
  draft.claims.put({
    ...withoutOffer(claim),
    ...{ status: ClaimStatus.Queued, slot: SlotStatus.None, wants: 'target', since: draft.now, heldBack: false },
    ...{ rank: LAST_RANK, arrived: draft.arrive() },
  });
}

function leaveTarget(draft: Draft, claim: Claim, request: LeaveRequest): void {
  const { remediationId, target, group, lendsSince, cureCounted = false } = claim;
  const { outcome, acted, actedBefore = false } = request;
  const text = bounded(request.text);
  // A lease begins long after the change, and the remediation that it makes way for must not be kept out by it.
  const changedAt = Math.min(request.actedAt ?? claim.actedAt ?? lendsSince ?? draft.now, draft.now);
  const end = { outcome, text, acted, actedBefore, changedAt, cureCounted };
  draft.remember(target, learn(draft.memory(target), claim, end, draft.now));
  if ((acted || actedBefore) && draft.claims.followersOf(group) > 0)
    draft.share({ group, leader: remediationId, outcome, text });
  else leaveGroup(draft, claim);
  bury(draft, request);
}

function bury(draft: Draft, { remediationId, outcome, text }: LeaveRequest): void {
  draft.claims.bury({ remediationId, status: 'left', end: { at: draft.now, outcome, text: bounded(text) } });
}
