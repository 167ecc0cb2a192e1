import { defined } from '../defined.ts';
import { pausedBy } from '../guards/cluster-limits.ts';
import type { Refused } from '../guards/refusal.ts';
import type { Admission, AdmitRequest } from './admission.ts';
import { queued, refuse } from './answers.ts';
import { asked, isSame } from './asked.ts';
import { type Claim, objectsOf, SlotStatus } from './claim.ts';
import { contend } from './contend.ts';
import type { Draft } from './draft.ts';
import { grant } from './grant.ts';
import { leaveGroup } from './leave-group.ts';
import { limitFor, offerTurns, withoutOffer } from './line.ts';
import { stepUp } from './step-up.ts';

/** A holder asks again: after a reset, or a lost answer; for more than the target; or for the next plan of its ladder. */
export function admitHolder(draft: Draft, holder: Claim, request: AdmitRequest): Admission {
  const held = stepUp(draft, holder, request);
  const claim = reasked(held, request);
  if (!isSame(objectsOf(held), objectsOf(claim)) && draft.claims.takersOf(claim).length > 0) {
    // Holding one object while waiting for another could go round in a circle: it starts again from the line.
    leaveGroup(draft, held);
    draft.moved();
    const { arrived, workloadsInNamespace, rung } = claim;
    const anew = { ...asked(draft, request), arrived, workloadsInNamespace, ...defined({ rung }) };
    draft.claims.put(anew);
    return contend(draft, anew, request);
  }
  // What it has is given up: a window may last for days.
  if (request.window !== undefined && request.lends !== true) return refuse(draft, held, request.window);
  if (request.only === 'target') return grant(draft, { ...claim, slot: held.slot }, request);
  if (draft.pause !== undefined) return holdBack(draft, claim, pausedBy(draft.pause));
  if (claim.slot === SlotStatus.Taken) return grant(draft, claim, request);

  draft.claims.put({ ...claim, slot: claim.slot === SlotStatus.Offered ? claim.slot : SlotStatus.Wanted });
  offerTurns(draft, claim.remediationId);
  const now = draft.claims.get(claim.remediationId) ?? claim;
  if (now.slot === SlotStatus.Offered) return grant(draft, now, request);
  const limit = limitFor(draft, claim);
  if (limit !== undefined && draft.limits.overLimit === 'suppress') {
    draft.claims.put({ ...now, slot: SlotStatus.None });
    return limit;
  }
  return queued(draft, { claim: now, line: 'cluster', text: limit?.text ?? 'Others are before it' });
}

/** What it asks for now, on the target that it holds; one that does not say so does not lease it any more. */
function reasked(claim: Claim, request: AdmitRequest): Claim {
  const { lendsSince: _, watches: __, actedAt: ___, ...acting } = claim;
  const held = request.lends === true ? claim : acting;
  const { namespace, target, locks, action, alertKey, clause, only } = request;
  const wants = only ?? 'all';
  const workloadsInNamespace = request.workloadsInNamespace ?? claim.workloadsInNamespace;
  return {
    ...held,
    namespace,
    target,
    locks,
    action,
    alertKey,
    clause,
    workloadsInNamespace,
    wants,
    misses: 0,
    notBefore: 0,
  };
}

function holdBack(draft: Draft, claim: Claim, refusal: Refused): Admission {
  if (draft.limits.overLimit === 'suppress') return refusal;
  const slot = claim.slot === SlotStatus.Taken ? claim.slot : SlotStatus.Wanted;
  draft.claims.put({ ...withoutOffer({ ...claim, slot }), heldBack: slot === SlotStatus.Taken });
  return queued(draft, { claim, line: 'cluster', text: refusal.text });
}
