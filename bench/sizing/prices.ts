/** Temporal Cloud's list prices, pay as you go, in US dollars; read in November 2026 from its page "Pricing". */
const PRICES = {
  /** Of a million actions: up to so many million of a month, at this price each; the last one goes on. */
  actions: [
    { upToMillion: 5, price: 50 },
    { upToMillion: 10, price: 45 },
    { upToMillion: 20, price: 40 },
    { upToMillion: 50, price: 35 },
    { upToMillion: 100, price: 30 },
    { upToMillion: Infinity, price: 25 },
  ],
  /** Of a gigabyte-hour. */
  activeStorage: 0.042,
  retainedStorage: 0.00105,
  /** Of the plan: the larger of a minimum a month and a share of what is used. */
  plan: { share: 0.1, developer: 0, business: 500 },
} as const;

export interface CloudUse {
  /** A month. */
  readonly actions: number;
  /** Held on average. */
  readonly activeGb: number;
  readonly retainedGb: number;
}

const HOURS_OF_MONTH = 730;

/** What a month costs, in US dollars, on the plan that is cheaper. What a plan includes is left out: it is less than 5 %. */
export function cloudCost(use: CloudUse): number {
  const storage = HOURS_OF_MONTH * (use.activeGb * PRICES.activeStorage + use.retainedGb * PRICES.retainedStorage);
  const onPlan = (actions: number, least: number) => {
    const spent = actions + storage;
    return spent + Math.max(least, spent * PRICES.plan.share);
  };
  const millions = use.actions / 1e6;
  const flat = millions * PRICES.actions[0].price;
  return Math.min(onPlan(flat, PRICES.plan.developer), onPlan(tiered(millions), PRICES.plan.business));
}

function tiered(millions: number): number {
  let cost = 0;
  let below = 0;
  for (const { upToMillion, price } of PRICES.actions) {
    cost += Math.max(0, Math.min(millions, upToMillion) - below) * price;
    below = upToMillion;
  }
  return cost;
}
