import { type Refused, RefusalReason } from '../guards/refusal.ts';
import { noteRefusal } from '../guards/target-rules.ts';
import type { Admission } from './admission.ts';
import type { Claim, Tombstone } from './claim.ts';
import type { Draft } from './draft.ts';
import { withdraw } from './leave-group.ts';
import { offerTurns } from './line.ts';

export function joined({ remediationId }: Claim): Admission {
  return { status: 'joined', leader: remediationId };
}

export function queued(
  draft: Draft,
  { claim, line, text }: { claim: Claim; line: 'target' | 'cluster'; text: string },
): Admission {
  return { status: 'queued', position: draft.positionOf(claim, line), text };
}

/** It may ask again: what it wanted goes to others. */
export function refuse(draft: Draft, claim: Claim, refusal: Refused): Admission {
  const { target } = claim;
  const isOfTarget = refusal.reason === RefusalReason.Cooldown || refusal.reason === RefusalReason.BreakerOpen;
  if (isOfTarget) draft.remember(target, noteRefusal(draft.memory(target), refusal, draft.now));
  else draft.note(`Refused: ${refusal.text}`);
  withdraw(draft, claim);
  offerTurns(draft);
  return refusal;
}

/** What asks late gets the end that it shared, or nothing. */
export function answerLeft({ end: { leader, outcome, text } }: Tombstone): Admission {
  if (leader !== undefined) return { status: 'shared', leader, outcome, text };
  const why = 'The remediation has given everything back before';
  return { status: 'refused', reason: RefusalReason.AlreadyLeft, text: why };
}
