import type { AddedRequests } from '../actions/contract.ts';
import { isAmount, known, rounded } from './money.ts';
import type { PodRequests } from './pod-requests.ts';

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
  /** `committed` and `added` together, and what is held for other changes; null where they could not be compared. */
  readonly projected: number | null;
  /** Held for other changes; absent: nothing was reserved. */
  readonly outstanding?: number;
  /** ID of the ledger that holds the money until it is told to keep or free it; absent: none is held. */
  readonly ledger?: string;
  /** One sentence for people. */
  readonly reason: string;
}

/** Whether the figures were compared: what is not known is neither within a budget nor over it. */
export function isCostKnown({ added, projected }: Pick<BudgetVerdict, 'added' | 'projected'>): boolean {
  return added !== null && projected !== null;
}

/** A change that is to be priced. */
export interface ChangeCase {
  readonly adds: AddedRequests;
  readonly prices: Prices;
  /** For how long the change will cost money; at most a day counts. */
  readonly expectedHours: number;
}

/** What a change costs: added requests by unit prices by expected duration. */
export interface ChangeEstimate {
  /** Money; zero for what frees as much as it takes, or more; null if it cannot be known. */
  readonly added: number | null;
  /** `3 more Pods for 4 h` */
  readonly change: string;
  /** Why it cannot be known. */
  readonly unknown: string;
}

/** Pods that request nothing of a resource that has a price would count as free, and they are not: cost unknown. */
export function estimateChange({ adds, prices, expectedHours }: ChangeCase): ChangeEstimate {
  const hours = Math.min(expectedHours, HOURS_A_DAY);
  const perHour = adds.cpu * prices.cpuHour + (adds.memory / GIB) * prices.gibHour;
  const undeclared = adds.undeclared?.find((resource) => prices[PRICE_OF[resource]] > 0);
  const hasPrices = [prices.cpuHour, prices.gibHour, hours].every(isAmount);
  return {
    added: undeclared === undefined && hasPrices ? known(Math.max(0, perHour * hours)) : null,
    change: `${adds.text} for ${Number(hours.toFixed(2))} h`,
    unknown:
      undeclared === undefined
        ? 'the figures do not add up to an amount'
        : `the target's Pods declare no ${undeclared === 'cpu' ? 'CPU' : undeclared} requests`,
  };
}

const PRICE_OF = { cpu: 'cpuHour', memory: 'gibHour' } as const;
