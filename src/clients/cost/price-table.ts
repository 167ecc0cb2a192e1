import type { CostSettings } from '../../config/schema.ts';
import { costOfPods, HOURS_A_DAY, judgeBudget } from '../../domain/cost.ts';
import type { PodRequests } from '../../domain/effects.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { CostSource } from './cost-source.ts';

/** Sum of the requests of all Pods that run or are to run, in one namespace or, without one, in the cluster. */
export type PodRequestsLister = (scope: { readonly namespace?: string }) => Promise<PodRequests>;

export interface PriceTableParts {
  readonly settings: CostSettings;
  readonly listPodRequests: PodRequestsLister;
}

/** Prices by CPU-hour and GiB-hour of what Pods request, against daily budgets, both from the settings. */
export function createPriceTable({ settings, listPodRequests }: PriceTableParts): CostSource {
  return {
    async checkBudget({ budget: clause, target, addedReplicas, podRequests }) {
      const { name, expectedHours } = clause;
      const budget = Object.hasOwn(settings.budgets, name) ? settings.budgets[name] : undefined;
      if (budget === undefined) {
        throw new MendloopError('BudgetUnknown', `the settings have no budget ${name} under cost.budgets`);
      }
      const running = await listPodRequests(budget.scope === 'namespace' ? { namespace: target.namespace } : {});
      return judgeBudget({
        budget: name,
        currency: settings.currency,
        daily: budget.daily,
        committedDaily: costOfPods(running, settings, HOURS_A_DAY),
        addedReplicas,
        podRequests,
        prices: settings,
        expectedHours,
      });
    },
  };
}
