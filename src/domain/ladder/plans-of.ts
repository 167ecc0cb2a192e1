import type { PlannedDecision } from '../decision.ts';
import type { Plan } from '../plan/plan.ts';

/** The plans of a decision, in the order in which they are tried. */
export function plansOf({ plan, further = [] }: Pick<PlannedDecision, 'plan' | 'further'>): readonly [Plan, ...Plan[]] {
  return [plan, ...further];
}
