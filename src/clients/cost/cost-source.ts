import type { BudgetTerms } from '../../domain/guards/budget-reservation.ts';
import type { BudgetScope } from '../../domain/cost/budget-scope.ts';
import type { AddedRequests } from '../../domain/actions/contract.ts';
import type { ChangeEstimate } from '../../domain/cost/cost.ts';
import type { BudgetClause } from '../../domain/plan/budget-clause.ts';
import type { Target } from '../../domain/target/target.ts';
import type { Usage } from './usage-source.ts';

/** A change that wants money. */
export interface BudgetQuestion {
  readonly budget: BudgetClause;
  readonly target: Pick<Target, 'namespace'>;
  readonly adds: AddedRequests;
  /** They say which team pays. Absent: no team does. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What can be told of a change without asking anybody. */
export interface Quote {
  readonly terms: BudgetTerms;
  readonly estimate: ChangeEstimate;
  /** Undefined if the labels do not say whose budget it is. */
  readonly scope: BudgetScope | undefined;
}

/** Who knows what changes cost, and what may be spent. Asking changes nothing. */
export interface CostSource {
  /** @throws MendloopError `BudgetUnknown` if there is no such budget. */
  quote(question: BudgetQuestion): Quote;
  /** What runs now in a quote's scope costs. @throws MendloopError `CostUnavailable`, or the API server's own. */
  measureUsage(place: { readonly budget: string; readonly scope: BudgetScope }): Promise<Usage>;
  close(): Promise<void>;
}

/** Why a quote without a scope cannot be allowed. */
export const NO_SCOPE = 'the labels of the object do not say which team pays';
