import { boundedLabel } from '../bounded-label.ts';
import type { MetricFactory } from './metric-factory.ts';

/** Money a day of one budget in one scope, in its own currency. */
export interface BudgetState {
  /** Its name in the settings. */
  readonly budget: string;
  /** A namespace, the value of a team label, or `all`. */
  readonly scope: string;
  readonly currency: string;
  readonly daily: number;
  /** Held by remediations that have not ended. */
  readonly reserved: number;
  /** What runs or is committed to run. */
  readonly spent: number;
}

export interface BudgetMetrics {
  /** All of them, as they were just read; one that is left out is shown no more. */
  budgetStates(states: readonly BudgetState[]): void;
}

/** Budgets are named in the settings; this only keeps a fault from growing without end. */
const MAX_BUDGETS = 100;
/** Namespaces and teams are many. */
const MAX_SCOPES = 200;

export function budgetMetrics(make: MetricFactory): BudgetMetrics {
  const labels = ['budget', 'scope', 'currency'] as const;
  const daily = make.gauge('mendloop_budget_daily', 'Money a day that a budget allows.', labels);
  const reserved = make.gauge('mendloop_budget_reserved', 'Money held by remediations that have not ended.', labels);
  const spent = make.gauge('mendloop_budget_spent', 'Money a day that runs or is committed to run.', labels);
  const budgets = boundedLabel(MAX_BUDGETS);
  const scopes = boundedLabel(MAX_SCOPES);

  return {
    budgetStates: (states) => {
      for (const gauge of [daily, reserved, spent]) gauge.reset();
      for (const state of states) {
        const series = { budget: budgets(state.budget), scope: scopes(state.scope), currency: state.currency };
        daily.set(series, state.daily);
        reserved.set(series, state.reserved);
        spent.set(series, state.spent);
      }
    },
  };
}
