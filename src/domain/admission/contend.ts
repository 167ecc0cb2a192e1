import type { Refused } from '../guards/refusal.ts';
import { refusalAfter, refusalOf } from '../guards/target-rules.ts';
import type { Admission, AdmitRequest } from './admission.ts';
import { joined, queued, refuse } from './answers.ts';
import { type Claim, ClaimStatus, isLead, objectsOf, SlotStatus } from './claim.ts';
import type { Draft } from './draft.ts';
import { grant } from './grant.ts';
import { leaveGroup } from './leave-group.ts';
import { limitFor, offerTurns, withoutOffer } from './line.ts';

/** One that holds nothing yet, or has a turn on offer. */
export function contend(draft: Draft, claim: Claim, request: AdmitRequest): Admission {
  const before = draft.claims.get(claim.remediationId);
  if (before !== undefined && before.group !== claim.group) leaveGroup(draft, before);
  const isNew = before === undefined || before.status === ClaimStatus.Joined;
  const takers = draft.claims.takersOf(claim);
  if (takers.length > 0) {
    const { sharesWatch = false, looks = false } = request;
    return waitBehind(draft, { claim, takers, isNew, sharesWatch, looks });
  }

  // What gives back, or watches, changes nothing by having the target again.
  const lends = claim.lendsSince !== undefined;
  const refusal = lends ? undefined : (request.window ?? refusalOf(draft.memory(claim.target), claim, draft.now));
  if (refusal !== undefined) return refuse(draft, claim, refusal);
  const lead = isNew && !lends ? leadOnTarget(draft, claim, request.sharesWatch) : undefined;
  if (lead !== undefined && claim.clause.onBusy === 'join') return join(draft, claim, lead);

  // Where nobody is to wait, people are not asked about what the limits forbid.
  const forbidden = request.only === 'target' ? suppressingLimit(draft, claim) : undefined;
  if (forbidden !== undefined) return refuse(draft, claim, forbidden);

  draft.claims.put(claim);
  offerTurns(draft, claim.remediationId);
  const offered = draft.claims.get(claim.remediationId);
  if (offered?.status === ClaimStatus.Offered) return grant(draft, offered, request);
  const limit = suppressingLimit(draft, claim);
  if (limit !== undefined) return refuse(draft, claim, limit);
  return queued(draft, { claim, line: 'cluster', text: limitFor(draft, claim)?.text ?? 'Others are before it' });
}

/** A limit that is no reason to wait. */
function suppressingLimit(draft: Draft, claim: Claim): Refused | undefined {
  return draft.limits.overLimit === 'suppress' ? limitFor(draft, claim) : undefined;
}

/** The objects are busy. */
function waitBehind(
  draft: Draft,
  {
    claim,
    takers,
    isNew,
    sharesWatch,
    looks,
  }: { claim: Claim; takers: readonly Claim[]; isNew: boolean; sharesWatch: boolean; looks: boolean },
): Admission {
  const { target, clause } = claim;
  const lends = claim.lendsSince !== undefined;
  const lead = lends ? undefined : leadOnTarget(draft, claim, sharesWatch);
  const joins = isNew && clause.onBusy === 'join';
  if (joins && lead?.watches === true) return join(draft, claim, lead);
  const refusal = lends ? undefined : refusalBehindLease(draft, claim, takers);
  if (refusal !== undefined) return refuse(draft, claim, refusal);
  if (joins && lead !== undefined) return join(draft, claim, lead);

  // A remediation that may end without a change must not end a lease: nothing would take the target back then.
  if (looks && takers.some(({ lendsSince }) => lendsSince !== undefined)) {
    return { status: 'queued', position: 0, text: `The target is leased by ${takers[0]?.remediationId ?? 'another'}` };
  }

  draft.claims.put(withoutOffer(claim));
  for (const { remediationId, lendsSince } of takers) {
    if (lendsSince !== undefined && !lends) draft.mail.wake(remediationId, { kind: 'yield', to: claim.remediationId });
  }
  const [taker] = takers;
  const isTarget = taker !== undefined && objectsOf(taker).includes(target);
  const text = `${isTarget ? 'The target' : 'An object that it needs'} is busy with ${taker?.remediationId ?? 'another'}`;
  return queued(draft, { claim, line: 'target', text });
}

/** A lease must not be ended for one that could not act after it: nobody would then take the target back. */
function refusalBehindLease(draft: Draft, claim: Claim, takers: readonly Claim[]): Refused | undefined {
  const memory = draft.memory(claim.target);
  const holder = takers.find(({ target, lendsSince }) => target === claim.target && lendsSince !== undefined);
  if (holder?.actedAt === undefined) return undefined;
  const { action, clause, actedAt } = holder;
  return refusalAfter(memory, { action, clause, actedAt }, claim, draft.now);
}

/**
 * Whose end a newcomer may share: the one at work on the very same target, or the first that waits for it. One that only
 * leases the target has done its part: its end would say nothing about a new alert. So has one that watches, but for those
 * that would do what it has done.
 */
function leadOnTarget(draft: Draft, claim: Claim, sharesWatch = false): Claim | undefined {
  const leads = draft.claims
    .all()
    .filter(
      (other) =>
        isLead(other) &&
        other.target === claim.target &&
        (other.lendsSince === undefined || (sharesWatch && other.watches === true)) &&
        other.remediationId !== claim.remediationId,
    );
  return (
    leads.find(({ status }) => status !== ClaimStatus.Queued) ?? leads.toSorted((a, b) => a.arrived - b.arrived)[0]
  );
}

function join(draft: Draft, claim: Claim, lead: Claim): Admission {
  draft.claims.put({
    ...withoutOffer(claim),
    ...{ status: ClaimStatus.Joined, slot: SlotStatus.None, group: lead.group, since: draft.now },
  });
  // Who waits for the lead must not wait for less severe ones.
  if (claim.rank < lead.rank && lead.lendsSince === undefined) draft.claims.put({ ...lead, rank: claim.rank });
  return joined(lead);
}
