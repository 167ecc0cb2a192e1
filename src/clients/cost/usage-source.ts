import type { BudgetScope } from '../../domain/cost/budget-scope.ts';

/** What runs now costs. */
export interface Usage {
  /** Money a day. */
  readonly perDay: number;
  /** Epoch ms, taken before the source was asked. */
  readonly measuredAt: number;
  /** Seconds before `measuredAt` of which changes may not be in it. */
  readonly settleSeconds: number;
  /** Money a day that the source itself allows. */
  readonly limit?: number;
}

export interface UsageQuestion {
  /** Name of the budget. */
  readonly budget: string;
  readonly scope: BudgetScope;
}

/** Who knows what runs now costs. Asking changes nothing. */
export interface UsageSource {
  /** @throws MendloopError `CostUnavailable`, or the API server's own for a source that asks it. */
  measure(question: UsageQuestion): Promise<Usage>;
  close(): Promise<void>;
}
