import { CLOSED } from './breaker.ts';
import { targetAt, yieldRequests } from './enter-target.ts';
import { type Moment, quietly, type Transition } from './machine.ts';
import { withCure } from './cures.ts';
import type { HumanOrder, YieldNotice } from './messages.ts';
import { withRecent } from './recent.ts';
import type { TargetGuardState } from './target-state.ts';

/** A human closes the breaker and ends the cooldowns. */
export function resetTarget(
  before: TargetGuardState,
  { by, reason }: HumanOrder,
  moment: Moment,
): Transition<TargetGuardState> {
  const state = targetAt(before, moment);
  const recent = withRecent(state.recent, moment.now, `Reset by ${by}: ${reason}`);
  return quietly({ ...state, breaker: CLOSED, changes: [], cures: [], recent });
}

/** The holder only leases the target any more: it is asked to leave as soon as somebody else wants it. */
export function yieldTarget(
  before: TargetGuardState,
  { remediationId, actedAt }: YieldNotice,
  moment: Moment,
): Transition<TargetGuardState> {
  const state = targetAt(before, moment);
  const { holder } = state;
  if (holder?.remediationId !== remediationId) return quietly(before);
  const said = actedAt === undefined ? {} : { actedAt };
  const next: TargetGuardState = {
    ...state,
    holder: { ...holder, yieldsSince: holder.yieldsSince ?? moment.now, ...said },
    // The cure is over with the lease's beginning: an alert that comes back meanwhile is a flap.
    ...(actedAt !== undefined && holder.yieldsSince === undefined
      ? { cures: withCure(state.cures, holder, moment.now) }
      : {}),
  };
  return { state: next, messages: yieldRequests(next) };
}
