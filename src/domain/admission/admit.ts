import { countFlap } from '../guards/target-rules.ts';
import type { Admission, AdmitRequest } from './admission.ts';
import { admitHolder } from './admit-holder.ts';
import { answerLeft, joined } from './answers.ts';
import { asked } from './asked.ts';
import { ClaimStatus } from './claim.ts';
import { contend } from './contend.ts';
import type { Draft } from './draft.ts';

/**
 * A remediation asks for its target, a slot and money. The same one asking again gets the same answer, as far as it still
 * holds. Order of the questions: has it left; is the alert a cure that did not hold; are its objects busy; is the breaker
 * open; is it too soon; has the cluster a slot; has the budget the money.
 */
export function admit(draft: Draft, request: AdmitRequest): Admission {
  const { remediationId } = request;
  const tombstone = draft.claims.tombstone(remediationId);
  if (tombstone !== undefined) return answerLeft(tombstone);
  const known = draft.claims.get(remediationId);
  switch (known?.status) {
    case ClaimStatus.Held:
      return admitHolder(draft, known, request);
    case ClaimStatus.Joined: {
      const lead = draft.claims.leadOf(known.group);
      if (known.target !== request.target) return contend(draft, asked(draft, request), request);
      if (lead !== undefined) return joined(lead);
      return contend(draft, { ...asked(draft, request), group: known.group, arrived: known.arrived }, request);
    }
    case ClaimStatus.Queued:
    case ClaimStatus.Offered:
      return contend(draft, asked(draft, request, known), request);
    case undefined: {
      const claim = asked(draft, request);
      const memory = draft.memory(claim.target);
      const counted = countFlap(memory, claim, draft.now);
      if (counted !== memory) draft.remember(claim.target, counted);
      return contend(draft, claim, request);
    }
  }
}
