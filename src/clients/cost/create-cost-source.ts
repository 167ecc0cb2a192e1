import type { CostSettings } from '../../config/cost-schema.ts';
import { notReserved } from '../../domain/guards/budget-reservation.ts';
import { budgetScopeOf } from '../../domain/cost/budget-scope.ts';
import { estimateChange, judgeBudget } from '../../domain/cost/cost.ts';
import { MendloopError } from '../../domain/failures.ts';
import { type BudgetQuestion, type CostSource, NO_SCOPE, type Quote } from './cost-source.ts';
import { createHttpCost } from './http-cost.ts';
import { createOpenCost } from './opencost.ts';
import { createPriceTable, type PodRequestsLister } from './price-table.ts';
import type { UsageSource } from './usage-source.ts';

export interface CostSourceParts {
  readonly settings: CostSettings;
  /** For the price table. */
  readonly listPodRequests: PodRequestsLister;
}

/** Budgets and prices from the settings; what runs now from the source that they name. */
export function createCostSource({ settings, listPodRequests }: CostSourceParts): CostSource {
  const source = usageSource({ settings, listPodRequests });

  function quote({ budget: clause, target, addedReplicas, podRequests, labels = {} }: BudgetQuestion): Quote {
    const { name, expectedHours } = clause;
    const budget = Object.hasOwn(settings.budgets, name) ? settings.budgets[name] : undefined;
    if (budget === undefined) {
      throw new MendloopError('BudgetUnknown', `the settings have no budget ${name} under cost.budgets`);
    }
    const scope = budgetScopeOf({
      ...{ kind: budget.scope, namespace: target.namespace, labels, teamLabel: settings.teamLabel },
    });
    return {
      terms: { budget: name, currency: settings.currency, daily: budget.daily },
      scope,
      estimate: estimateChange({ addedReplicas, podRequests, prices: settings, expectedHours }),
    };
  }

  return {
    quote,
    async checkBudget(question) {
      const { terms, scope, estimate } = quote(question);
      if (scope === undefined) return notReserved(terms, { added: estimate.added, why: NO_SCOPE });
      const { perDay, limit = terms.daily } = await source.measure({ budget: terms.budget, scope });
      return judgeBudget({
        ...{ ...terms, daily: Math.min(terms.daily, limit), committedDaily: perDay },
        ...{ addedReplicas: question.addedReplicas, podRequests: question.podRequests, prices: settings },
        expectedHours: question.budget.expectedHours,
      });
    },
    measureUsage: (place) => source.measure(place),
    close: () => source.close(),
  };
}

function usageSource({ settings, listPodRequests }: CostSourceParts): UsageSource {
  const { source, teamLabel } = settings;
  switch (source.type) {
    case 'prices':
      return createPriceTable({
        ...{ prices: settings, teamLabel, settleSeconds: source.settleSeconds, listPodRequests },
      });
    case 'opencost':
      return createOpenCost({ settings: source, teamLabel });
    case 'http':
      return createHttpCost(source);
  }
}
