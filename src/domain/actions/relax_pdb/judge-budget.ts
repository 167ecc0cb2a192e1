import { z } from 'zod';
import { MendloopError } from '../../failures.ts';

/** A disruption budget as its controller has worked it out last. */
export interface BudgetState {
  readonly expectedPods: number;
  readonly currentHealthy: number;
  readonly disruptionsAllowed: number;
  /** The controller has seen the budget as it is. */
  readonly isCurrent: boolean;
}

/** What must be left healthy. */
export const healthRulesSchema = z.object({
  disruptions: z.number().int(),
  minHealthy: z.number().int(),
  /** More than half. */
  needsQuorum: z.boolean(),
});
export type HealthRules = z.infer<typeof healthRulesSchema>;

/**
 * Pods that are healthy once so many were disrupted.
 *
 * @throws MendloopError `NotIndicated` if the budget is not in the way; `TooSoon` if its controller has not seen it yet;
 * `DisruptionUnsafe` if too few would be left.
 */
export function healthyWithout(state: BudgetState, { disruptions, minHealthy, needsQuorum }: HealthRules): number {
  const { expectedPods, currentHealthy, disruptionsAllowed, isCurrent } = state;
  if (!isCurrent) throw new MendloopError('TooSoon', 'its controller has not seen the budget as it is');
  if (disruptionsAllowed > 0) {
    throw new MendloopError('NotIndicated', `the budget allows ${disruptionsAllowed} disruptions already`);
  }
  const left = currentHealthy - disruptions;
  if (left < minHealthy) {
    throw new MendloopError('DisruptionUnsafe', `${left} healthy Pods would be left, and the plan wants ${minHealthy}`);
  }
  if (needsQuorum && left <= expectedPods / 2) {
    throw new MendloopError('DisruptionUnsafe', `${left} of ${expectedPods} Pods would be no majority any more`);
  }
  return left;
}
