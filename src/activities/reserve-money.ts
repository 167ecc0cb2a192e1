import { type BudgetQuestion, type CostSource, NO_SCOPE } from '../clients/cost/cost-source.ts';
import type { Usage } from '../clients/cost/usage-source.ts';
import type { AskGuard } from '../clients/temporal/ask-guard.ts';
import { notReserved, reservationVerdict } from '../domain/guards/budget-reservation.ts';
import type { BudgetVerdict } from '../domain/cost/cost.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Reserve, ReserveAnswer } from '../domain/guards/ledger-state.ts';
import { BUDGET_LEDGER_WORKFLOW, budgetLedgerId, RESERVE_UPDATE } from '../domain/guards/names.ts';
import type { BudgetClause } from '../domain/plan/budget-clause.ts';

/** How far a source that is down lags behind is not known either; most show a change within an hour. */
const SETTLE_UNKNOWN_SECONDS = 3600;

/** A change that wants money for a remediation. */
export interface BudgetEntry extends BudgetQuestion {
  readonly remediationId: string;
}

export interface MoneyParts {
  readonly ask: AskGuard;
  readonly signal: AbortSignal;
  readonly costSource: Pick<CostSource, 'quote' | 'measureUsage'>;
}

/**
 * Added requests by unit prices by expected duration, reserved in the budget's ledger against what runs now. Idempotent
 * by `remediationId`.
 */
export async function reserveMoney(entry: BudgetEntry, parts: MoneyParts): Promise<BudgetVerdict> {
  const { remediationId, budget: clause, ...rest } = entry;
  const { terms, scope, estimate } = parts.costSource.quote({ budget: clause, ...rest });
  const { added } = estimate;
  if (added === null) return notReserved(terms, { added, why: estimate.unknown });
  if (scope === undefined) return notReserved(terms, { added, why: NO_SCOPE });

  const measured = await usageOr(clause, () => parts.costSource.measureUsage({ budget: terms.budget, scope }));
  if (
    measured instanceof MendloopError &&
    (clause.whenUnknown === 'escalate' || added > clause.whenUnknown.allowUpTo)
  ) {
    return notReserved(terms, { added, why: `${measured.message}, and the change costs more than is allowed then` });
  }
  const usage = measured instanceof MendloopError ? undefined : measured;
  const daily = Math.min(terms.daily, usage?.limit ?? terms.daily);
  const ledger = budgetLedgerId({ budget: terms.budget, scopeKey: scope.key });
  const request: Reserve = {
    ...{ remediationId, amount: added, daily, currency: terms.currency },
    usage: usage?.perDay ?? null,
    usageMeasuredAt: usage?.measuredAt ?? 0,
    settleSeconds: usage?.settleSeconds ?? SETTLE_UNKNOWN_SECONDS,
  };
  const answer = await parts.ask<ReserveAnswer>({
    ...{ workflowType: BUDGET_LEDGER_WORKFLOW, workflowId: ledger, signal: parts.signal },
    ...{ update: RESERVE_UPDATE, updateId: remediationId, input: request },
    summary: `ledger of budget ${terms.budget} for ${scope.kind} ${scope.key}`,
  });
  return reservationVerdict({ ...terms, daily }, { estimate, answer, usageKnown: usage !== undefined, ledger });
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
