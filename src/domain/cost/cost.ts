import type { PodRequests } from '../actions/effects.ts';
import { digitsToTell, isAmount, known, rounded } from './money.ts';

/** What one unit of a Pod's requests costs for one hour. */
export interface Prices {
  /** Per CPU core. */
  readonly cpuHour: number;
  /** Per GiB of memory. */
  readonly gibHour: number;
}

const GIB = 1024 ** 3;

/** No change is charged for longer: budgets are by the day. */
export const HOURS_A_DAY = 24;

/**
 * What Pods with these requests in total cost in so many hours, rounded to the nearest millionth. NaN if any number is
 * negative or no number.
 */
export function costOfPods(total: PodRequests, prices: Prices, hours: number): number {
  if (![total.cpu, total.memory, prices.cpuHour, prices.gibHour, hours].every(isAmount)) return NaN;
  return rounded((total.cpu * prices.cpuHour + (total.memory / GIB) * prices.gibHour) * hours);
}

/** Whether a change may spend money, and the figures behind it. Null stands for what is not known. */
export interface BudgetVerdict {
  readonly allowed: boolean;
  /** Name of the budget. */
  readonly budget: string;
  readonly currency: string;
  /** Money a day. */
  readonly daily: number;
  /** What the Pods in the budget's scope cost in a day, as they run now. */
  readonly committed: number | null;
  /** What the change adds. */
  readonly added: number | null;
  /** `committed` and `added` together, and what is held for other changes. */
  readonly projected: number | null;
  /** Held for other changes; absent: nothing was reserved. */
  readonly outstanding?: number;
  /** ID of the ledger that holds the money until it is told to keep or free it; absent: none is held. */
  readonly ledger?: string;
  /** One sentence for people. */
  readonly reason: string;
}

/** A change that is to be priced. */
export interface ChangeCase {
  readonly addedReplicas: number;
  /** Of one Pod of the target. */
  readonly podRequests: PodRequests;
  readonly prices: Prices;
  /** For how long the change will cost money; at most a day counts. */
  readonly expectedHours: number;
}

export interface BudgetCase extends ChangeCase {
  readonly budget: string;
  readonly currency: string;
  readonly daily: number;
  readonly committedDaily: number;
}

/** What a change costs: added requests by unit prices by expected duration. */
export interface ChangeEstimate {
  /** Money; null if it cannot be known. */
  readonly added: number | null;
  /** `3 more Pods for 4 h` */
  readonly change: string;
  /** Why it cannot be known. */
  readonly unknown: string;
}

/** Pods that request nothing of a resource that has a price would count as free, and they are not: cost unknown. */
export function estimateChange({ addedReplicas, podRequests, prices, expectedHours }: ChangeCase): ChangeEstimate {
  const hours = Math.min(expectedHours, HOURS_A_DAY);
  const total = { cpu: podRequests.cpu * addedReplicas, memory: podRequests.memory * addedReplicas };
  const undeclared = addedReplicas > 0 ? undeclaredResource(podRequests, prices) : undefined;
  return {
    added: undeclared === undefined && isAmount(addedReplicas) ? known(costOfPods(total, prices, hours)) : null,
    change: `${addedReplicas} more Pod${addedReplicas === 1 ? '' : 's'} for ${Number(hours.toFixed(2))} h`,
    unknown:
      undeclared === undefined
        ? 'the figures do not add up to an amount'
        : `the target's Pods declare no ${undeclared} requests`,
  };
}

/** Allows a change if the Pods that run and the Pods that it adds stay within the day's money. Unknown is not allowed. */
export function judgeBudget(question: BudgetCase): BudgetVerdict {
  const { budget, currency, daily } = question;
  const { added, change, unknown } = estimateChange(question);
  const committed = known(question.committedDaily);
  const projected = committed === null || added === null ? null : known(committed + added);
  const figures = { budget, currency, daily, committed, added, projected };
  if (committed === null || added === null || projected === null || !isAmount(daily)) {
    return { ...figures, allowed: false, reason: `Cost unknown, so not allowed by budget ${budget}: ${unknown}` };
  }
  const allowed = projected <= rounded(daily);
  const digits = digitsToTell(added, projected, daily);
  const money = (amount: number) => `${amount.toFixed(digits)} ${currency}`;
  return {
    ...figures,
    allowed,
    reason:
      `${change} cost ${money(added)} on top of ${money(committed)} a day: ${money(projected)} is ` +
      `${allowed ? 'within' : 'over'} the ${money(daily)} a day of budget ${budget}`,
  };
}

/** A resource that has a price and that the Pods do not request. */
function undeclaredResource({ cpu, memory }: PodRequests, prices: Prices): 'CPU' | 'memory' | undefined {
  if (prices.cpuHour > 0 && !(cpu > 0)) return 'CPU';
  return prices.gibHour > 0 && !(memory > 0) ? 'memory' : undefined;
}
