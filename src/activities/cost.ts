import type { BudgetQuestion, CostSource } from '../clients/cost/cost-source.ts';
import type { BudgetVerdict } from '../domain/cost/cost.ts';
import { toApplicationFailure } from './failure.ts';

export type CostActivities = ReturnType<typeof createCostActivities>;

export function createCostActivities({ costSource }: { costSource: CostSource }) {
  return {
    /**
     * Whether a change stays within its budget. Reads only, reserves nothing: two changes that ask at the same moment
     * may both be allowed. Fails with `BudgetUnknown` where the settings lack the budget that the plan names.
     */
    async checkBudget(question: BudgetQuestion): Promise<BudgetVerdict> {
      try {
        return await costSource.checkBudget(question);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}
