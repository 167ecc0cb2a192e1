import { type CostSource, NO_SCOPE } from '../clients/cost/cost-source.ts';
import type { Usage } from '../clients/cost/usage-source.ts';
import type { PlannedChange } from '../domain/actions/contract.ts';
import type { MoneyAsk } from '../domain/admission/admission.ts';
import type { BudgetVerdict } from '../domain/cost/cost.ts';
import { MendloopError } from '../domain/failures.ts';
import { notReserved } from '../domain/guards/budget-reservation.ts';
import type { BudgetClause } from '../domain/plan/budget-clause.ts';

/** How far a source that is down lags behind is not known either; most show a change within an hour. */
const SETTLE_UNKNOWN_SECONDS = 3600;

export interface MoneyQuestion {
  readonly costSource: Pick<CostSource, 'quote' | 'measureUsage'>;
  readonly budget: BudgetClause;
  readonly planned: Pick<PlannedChange, 'target' | 'adds'>;
  /** They say which team pays, where the budget is a team's. */
  readonly labels: Readonly<Record<string, string>>;
}

export type MoneyAnswer = { readonly ask: MoneyAsk } | { readonly refused: BudgetVerdict };

/**
 * What a change asks of its budget: added requests by unit prices by expected duration, beside what runs now; or why the
 * budget cannot allow it. Undefined for a change that takes nothing: it may be made however full the day is. Asks and
 * reserves nothing by itself.
 *
 * @throws MendloopError `BudgetUnknown`; where policy says that a human decides about what is not known, the cost source's
 * own: `CostUnavailable`, `KubernetesUnavailable`.
 */
export async function askForMoney(question: MoneyQuestion): Promise<MoneyAnswer | undefined> {
  const { costSource, budget: clause, planned, labels } = question;
  const { target, adds } = planned;
  if (adds === undefined) return undefined;
  const { terms, scope, estimate } = costSource.quote({ budget: clause, target, adds, labels });
  const { added } = estimate;
  if (added === null) return { refused: notReserved(terms, { added, why: estimate.unknown }) };
  if (added === 0 && adds.cpu <= 0 && adds.memory <= 0) return undefined;
  if (scope === undefined) return { refused: notReserved(terms, { added, why: NO_SCOPE }) };

  const measured = await usageOr(clause, () => costSource.measureUsage({ budget: terms.budget, scope }));
  const isAway = measured instanceof MendloopError;
  if (isAway && (clause.whenUnknown === 'escalate' || added > clause.whenUnknown.allowUpTo)) {
    const why = `${measured.message}, and the change costs more than is allowed then`;
    return { refused: notReserved(terms, { added, why }) };
  }
  const usage = isAway ? undefined : measured;
  return {
    ask: {
      budget: terms.budget,
      scopeKind: scope.kind,
      scopeKey: scope.key,
      currency: terms.currency,
      amount: added,
      daily: Math.min(terms.daily, usage?.limit ?? terms.daily),
      usage: usage?.perDay ?? null,
      usageMeasuredAt: usage?.measuredAt ?? 0,
      settleSeconds: usage?.settleSeconds ?? SETTLE_UNKNOWN_SECONDS,
      change: estimate.change,
    },
  };
}

/** A source that is down is an answer only where policy has one for it; else it is waited for, and a human told. */
async function usageOr(clause: BudgetClause, measure: () => Promise<Usage>): Promise<Usage | MendloopError> {
  try {
    return await measure();
  } catch (error) {
    if (clause.whenUnknown !== 'escalate' && error instanceof MendloopError) return error;
    throw error;
  }
}
