import type { Client } from '@temporalio/client';
import type { GuardStore } from '../store/store.ts';
import { countRunning } from '../clients/temporal/count-running.ts';
import { ledgerFigures } from '../domain/guards/ledger-view.ts';
import type { GuardOverview } from '../domain/guards/overview.ts';
import type { BudgetState, GuardState, Metrics } from '../telemetry/metrics.ts';

export interface CollectorParts {
  readonly metrics: Metrics;
  readonly client: Client;
  readonly guards: GuardStore;
}

/** Several scrapers, or a fast one, ask Temporal and the store no more often than this. */
const RUNNING_MS = 5_000;
const GUARDS_MS = 10_000;
/** Far longer than any step but waiting for people takes. */
const OVERDUE_MS = 30 * 60_000;

/**
 * What only Temporal and the store know, whichever process did the work: read at a scrape, the same from every process. A
 * reading that fails shows nothing rather than the one before.
 */
export function addCollectors({ metrics, client, guards }: CollectorParts): void {
  const countAll = orElse(
    async () => {
      const overdueBefore = new Date(Date.now() - OVERDUE_MS);
      metrics.remediationsRunning(await countRunning(client, { overdueBefore }));
    },
    () => metrics.remediationsRunning(undefined),
  );
  const readGuards = orElse(
    async () => {
      const overview = await guards.overview();
      metrics.guardState(guardStateOf(overview));
      metrics.budgetStates(budgetsOf(overview));
    },
    () => {
      metrics.guardState({});
      metrics.budgetStates([]);
    },
  );
  metrics.addCollector('remediations', atMostEvery(RUNNING_MS, countAll));
  metrics.addCollector('guards', atMostEvery(GUARDS_MS, readGuards));
}

function guardStateOf({ guard, targets }: GuardOverview): GuardState {
  const { holders, queue, paused } = guard.state;
  return {
    active: holders.length,
    queued: queue.length,
    paused: paused !== undefined,
    openBreakers: targets.filter(({ state }) => state.breaker.status !== 'closed').length,
  };
}

function budgetsOf({ ledgers }: GuardOverview): BudgetState[] {
  return ledgers.flatMap(({ budget, scope, state }) => {
    const { daily, currency } = state;
    if (daily === undefined || currency === undefined) return [];
    return [{ budget, scope, currency, daily, ...ledgerFigures(state) }];
  });
}

/** The work; after a failure, what takes back the reading before. */
function orElse(work: () => Promise<void>, forget: () => void): () => Promise<void> {
  return async () => {
    try {
      await work();
    } catch (error) {
      forget();
      throw error;
    }
  };
}

/** The work, unless it was begun a moment ago; then what that one comes to. */
function atMostEvery(ms: number, work: () => Promise<void>): () => Promise<void> {
  let last: { readonly at: number; readonly done: Promise<void> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at >= ms) last = { at: now, done: work() };
    return last.done;
  };
}
