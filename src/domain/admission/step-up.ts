import { withChange } from '../guards/target-rules.ts';
import type { AdmitRequest } from './admission.ts';
import { type Claim, SlotStatus } from './claim.ts';
import type { Draft } from './draft.ts';
import { setMoneyAside } from './money.ts';

/**
 * A holder goes on to the next plan of its ladder: what the one before did is counted, once, and its money spent or free.
 * Its objects stay its own, so that no cooldown is asked; a slot it asks for anew, because this is another change.
 */
export function stepUp(draft: Draft, held: Claim, { ladder }: Pick<AdmitRequest, 'ladder'>): Claim {
  const { rung: before = 1, remediationId, target, slot } = held;
  if (ladder === undefined || ladder.rung <= before) return held;
  const { acted, actedAt, prelude, keepMoney } = ladder.before;
  const at = Math.min(actedAt ?? draft.now, draft.now);
  if (slot === SlotStatus.Taken && prelude !== undefined) draft.act({ ...prelude, remediationId, locks: [] }, at);
  if (acted) {
    draft.remember(target, withChange(draft.memory(target), { ...held, changedAt: at }, draft.now));
    if (slot === SlotStatus.Taken) draft.act(held, at);
  }
  setMoneyAside(draft, { remediationId, rung: before, keep: keepMoney });
  const next: Claim = { ...held, rung: ladder.rung, slot: SlotStatus.None };
  draft.claims.put(next);
  draft.moved();
  return next;
}
