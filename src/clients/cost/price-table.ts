import type { BudgetScope } from '../../domain/cost/budget-scope.ts';
import { costOfPods, HOURS_A_DAY, type Prices } from '../../domain/cost/cost.ts';
import { isAmount } from '../../domain/cost/money.ts';
import type { PodRequests } from '../../domain/cost/pod-requests.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { PodScope } from '../kubernetes/sum-pod-requests.ts';
import type { UsageSource } from './usage-source.ts';

/** Sum of the requests of all Pods in scope that run or are to run. */
export type PodRequestsLister = (scope: PodScope) => Promise<PodRequests>;

export interface PriceTableParts {
  readonly prices: Prices;
  readonly teamLabel: string;
  readonly settleSeconds: number;
  readonly listPodRequests: PodRequestsLister;
}

/** What runs costs what its Pods request, by CPU-hour and GiB-hour. */
export function createPriceTable(parts: PriceTableParts): UsageSource {
  const { prices, teamLabel, settleSeconds, listPodRequests } = parts;
  return {
    async measure({ scope }) {
      const measuredAt = Date.now();
      const running = await listPodRequests(podScope(scope, teamLabel));
      const perDay = costOfPods(running, prices, HOURS_A_DAY);
      if (!isAmount(perDay)) throw new MendloopError('CostUnavailable', "the Pods' requests do not add up to a cost");
      return { perDay, measuredAt, settleSeconds };
    },
    close: () => Promise.resolve(),
  };
}

function podScope({ kind, key }: BudgetScope, teamLabel: string): PodScope {
  switch (kind) {
    case 'cluster':
      return {};
    case 'namespace':
      return { namespace: key };
    case 'team':
      return { team: { label: teamLabel, name: key } };
  }
}
