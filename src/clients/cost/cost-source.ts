import type { BudgetTerms } from '../../domain/guards/budget-reservation.ts';
import type { BudgetScope } from '../../domain/cost/budget-scope.ts';
import type { BudgetVerdict, ChangeEstimate } from '../../domain/cost/cost.ts';
import type { PodRequests } from '../../domain/actions/effects.ts';
import type { BudgetClause } from '../../domain/plan/budget-clause.ts';
import type { ScaleTarget } from '../../domain/target/target.ts';
import type { Usage } from './usage-source.ts';

/** A change that wants money. */
export interface BudgetQuestion {
  readonly budget: BudgetClause;
  readonly target: ScaleTarget;
  readonly addedReplicas: number;
  /** Of one Pod of the target. */
  readonly podRequests: PodRequests;
  /** Of the alert: they say which team pays. Absent: no team does. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What can be told of a change without asking anybody. */
export interface Quote {
  readonly terms: BudgetTerms;
  readonly estimate: ChangeEstimate;
  /** Undefined if the alert does not say whose budget it is. */
  readonly scope: BudgetScope | undefined;
}

/** Who knows what changes cost, and what may be spent. Asking changes nothing. */
export interface CostSource {
  /** @throws MendloopError `BudgetUnknown` if there is no such budget; the outside system's own if it is away. */
  checkBudget(question: BudgetQuestion): Promise<BudgetVerdict>;
  /** @throws MendloopError `BudgetUnknown`. */
  quote(question: BudgetQuestion): Quote;
  /** What runs now in a quote's scope costs. @throws MendloopError `CostUnavailable`, or the API server's own. */
  measureUsage(place: { readonly budget: string; readonly scope: BudgetScope }): Promise<Usage>;
  close(): Promise<void>;
}

/** Why a quote without a scope cannot be allowed. */
export const NO_SCOPE = 'the alert does not say which team pays';
