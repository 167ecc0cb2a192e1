import type { CostSettings } from '../../config/cost-schema.ts';
import { budgetScopeOf } from '../../domain/cost/budget-scope.ts';
import { estimateChange } from '../../domain/cost/cost.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { BudgetQuestion, CostSource, Quote } from './cost-source.ts';
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

  function quote({ budget: clause, target, adds, labels = {} }: BudgetQuestion): Quote {
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
      estimate: estimateChange({ adds, prices: settings, expectedHours }),
    };
  }

  return {
    quote,
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
