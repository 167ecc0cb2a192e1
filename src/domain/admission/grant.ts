import { noteGrant } from '../guards/target-rules.ts';
import type { Admission, AdmitRequest } from './admission.ts';
import { type Claim, ClaimStatus, SlotStatus } from './claim.ts';
import type { Draft } from './draft.ts';
import { withdraw } from './leave-group.ts';
import { offerTurns } from './line.ts';
import { reserveMoney } from './money.ts';

/** The objects are its own, and so is a slot if it wants one: money decides. */
export function grant(draft: Draft, { offerEndsAt: _, ...claim }: Claim, request: AdmitRequest): Admission {
  const { remediationId, target } = claim;
  const wantsAll = request.only !== 'target';
  const budget = reserveMoney(draft, request);
  if (budget?.allowed === false) {
    draft.note(`Denied to ${remediationId}: ${budget.reason}`);
    if (claim.status === ClaimStatus.Held) draft.claims.put({ ...claim, slot: SlotStatus.None });
    else withdraw(draft, claim);
    draft.moved();
    offerTurns(draft);
    return { status: 'denied', budget };
  }
  const isAgain = claim.epoch > 0 && (claim.status === ClaimStatus.Held || claim.lendsSince !== undefined);
  draft.claims.put({
    ...claim,
    ...{ status: ClaimStatus.Held, epoch: draft.epoch, misses: 0, notBefore: 0, heldBack: false },
    slot: wantsAll ? SlotStatus.Taken : claim.slot,
    since: isAgain ? claim.since : draft.now,
  });
  draft.mail.answered(remediationId);
  draft.record(request.audit);
  if (!isAgain) {
    draft.remember(target, noteGrant(draft.memory(target), claim, draft.now));
    draft.note(`Granted to ${remediationId} for ${target}`);
  }
  return { status: 'granted', epoch: draft.epoch, ...(budget === undefined ? {} : { budget }) };
}
