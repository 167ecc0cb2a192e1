import type { PodRequests } from './effects.ts';

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

/** Amounts are whole millionths of the currency, so that sums of them compare as people expect: 0.1 + 0.2 is 0.3. */
const PER_UNIT = 1_000_000;

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
  /** `committed` and `added` together. */
  readonly projected: number | null;
  /** One sentence for people. */
  readonly reason: string;
}

export interface BudgetCase {
  readonly budget: string;
  readonly currency: string;
  readonly daily: number;
  readonly committedDaily: number;
  readonly addedReplicas: number;
  /** Of one Pod of the target. */
  readonly podRequests: PodRequests;
  readonly prices: Prices;
  /** For how long the change will cost money; at most a day counts. */
  readonly expectedHours: number;
}

/**
 * Allows a change if the Pods that run and the Pods that it adds stay within the day's money. A cost that cannot be
 * known is never allowed: Pods that request nothing of a resource that has a price would count as free, and they are
 * not.
 */
export function judgeBudget(question: BudgetCase): BudgetVerdict {
  const { budget, currency, daily, addedReplicas, podRequests, prices } = question;
  const hours = Math.min(question.expectedHours, HOURS_A_DAY);
  const total = { cpu: podRequests.cpu * addedReplicas, memory: podRequests.memory * addedReplicas };
  const undeclared = addedReplicas > 0 ? undeclaredResource(podRequests, prices) : undefined;

  const committed = known(question.committedDaily);
  const added = undeclared === undefined && isAmount(addedReplicas) ? known(costOfPods(total, prices, hours)) : null;
  const projected = committed === null || added === null ? null : known(committed + added);
  const figures = { budget, currency, daily, committed, added, projected };

  if (committed === null || added === null || projected === null || !isAmount(daily)) {
    const why =
      undeclared === undefined
        ? 'the figures do not add up to an amount'
        : `the target's Pods declare no ${undeclared} requests`;
    return { ...figures, allowed: false, reason: `Cost unknown, so not allowed by budget ${budget}: ${why}` };
  }
  const allowed = projected <= rounded(daily);
  const digits = digitsToTell(added, projected, daily);
  const money = (amount: number) => `${amount.toFixed(digits)} ${currency}`;
  const change = `${addedReplicas} more Pod${addedReplicas === 1 ? '' : 's'} for ${Number(hours.toFixed(2))} h`;
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

/** Decimals at which the cost does not read as zero, nor two different sums as the same: from 2 to 6. */
function digitsToTell(added: number, projected: number, daily: number): number {
  const tells = (digits: number) =>
    (added === 0 || Number(added.toFixed(digits)) !== 0) &&
    (projected === daily || projected.toFixed(digits) !== daily.toFixed(digits));
  return [2, 3, 4, 5].find(tells) ?? 6;
}

function rounded(amount: number): number {
  return Math.round(amount * PER_UNIT) / PER_UNIT;
}

/** The amount, rounded; null if it is none, or too large to be rounded. */
function known(amount: number): number | null {
  const result = rounded(amount);
  return isAmount(amount) && isAmount(result) ? result : null;
}

/** Finite and not negative. */
function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
