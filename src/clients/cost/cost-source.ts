import type { BudgetVerdict } from '../../domain/cost.ts';
import type { PodRequests } from '../../domain/effects.ts';
import type { BudgetClause } from '../../domain/plan/budget-clause.ts';
import type { ScaleTarget } from '../../domain/target.ts';

/** A change that wants money. */
export interface BudgetQuestion {
  readonly budget: BudgetClause;
  readonly target: ScaleTarget;
  readonly addedReplicas: number;
  /** Of one Pod of the target. */
  readonly podRequests: PodRequests;
}

/** Who knows what changes cost, and what may be spent. Asking changes nothing. */
export interface CostSource {
  /** @throws MendloopError `BudgetUnknown` if there is no such budget; the outside system's own if it is away. */
  checkBudget(question: BudgetQuestion): Promise<BudgetVerdict>;
}
