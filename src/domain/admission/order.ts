import type { AuditEntry } from '../audit/audit-entry.ts';
import type { HumanOrder } from '../guards/human-order.ts';
import { bounded } from '../guards/recent.ts';
import { resetMemory } from '../guards/target-rules.ts';
import { ClaimStatus, SlotStatus } from './claim.ts';
import type { Draft } from './draft.ts';
import { offerTurns, revokeOffers } from './line.ts';

/** A human's order, with its row of the audit log. */
export interface Ordered {
  readonly order: HumanOrder;
  readonly audit: AuditEntry;
}

/** A human stops all further changes. Every holder of a slot is told; turns that were on offer are taken back. */
export function pause(draft: Draft, { order, audit }: Ordered): void {
  const by = bounded(order.by);
  const reason = bounded(order.reason);
  const before = draft.pause;
  draft.record([audit]);
  draft.pause = { by, reason, since: before?.since ?? draft.now };
  draft.note(`Paused by ${by}: ${reason}`);
  revokeOffers(draft, 'slots');
  if (before?.by === by && before.reason === reason) return;
  for (const { remediationId } of draft.claims.holders) draft.mail.wake(remediationId, { kind: 'paused' });
}

/** A human allows changes again: those that were held back and those in line are woken one after the other. */
export function resume(draft: Draft, { order, audit }: Ordered): boolean {
  if (draft.pause === undefined) return false;
  draft.record([audit]);
  draft.pause = undefined;
  draft.note(`Resumed by ${bounded(order.by)}: ${bounded(order.reason)}`);
  draft.mail.startPacing();
  for (const claim of draft.claims.all()) {
    if (!claim.heldBack || claim.status !== ClaimStatus.Held || claim.slot !== SlotStatus.Taken) continue;
    draft.claims.put({ ...claim, heldBack: false });
    draft.mail.wakeInTurn(claim.remediationId);
  }
  draft.moved();
  offerTurns(draft);
  return true;
}

/** A human closes the breaker of a target and ends its cooldowns. */
export function resetTarget(draft: Draft, { target, order, audit }: Ordered & { readonly target: string }): boolean {
  if (!draft.knows(target)) return false;
  draft.record([audit]);
  draft.remember(target, resetMemory(draft.memory(target), order, draft.now));
  return true;
}
