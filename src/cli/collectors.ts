import type { Client } from '@temporalio/client';
import type { GuardOverview, Guards } from '../api/guards/guards.ts';
import { countRunning } from '../clients/temporal/count-running.ts';
import { ledgerFigures } from '../domain/guards/ledger-machine.ts';
import type { BudgetState, GuardState, Metrics } from '../telemetry/metrics.ts';

export interface CollectorParts {
  readonly metrics: Metrics;
  readonly client: Client;
  readonly guards: Guards;
}

/** Several scrapers, or a fast one, ask Temporal no more often than this. Guards cost a question each. */
const RUNNING_MS = 5_000;
const GUARDS_MS = 10_000;
/** Far longer than any step but waiting for people takes. */
const OVERDUE_MS = 30 * 60_000;

/**
 * What only Temporal knows, for whichever process did the work: read at a scrape, the same from every replica. A
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
  const openBreakers = targets.filter((target) => 'state' in target && target.state.breaker.status !== 'closed').length;
  // Before anybody has asked for the guard, nothing is held back.
  if (guard === undefined) return { active: 0, queued: 0, paused: false, openBreakers };
  if (!('state' in guard)) return { openBreakers };
  const { holders, queue, paused } = guard.state;
  return { active: holders.length, queued: queue.length, paused: paused !== undefined, openBreakers };
}

function budgetsOf({ ledgers }: GuardOverview): BudgetState[] {
  return ledgers.flatMap((ledger) => {
    if (!('state' in ledger)) return [];
    const { daily, currency } = ledger.state;
    if (daily === undefined || currency === undefined) return [];
    return [{ budget: ledger.budget, scope: ledger.scope, currency, daily, ...ledgerFigures(ledger.state) }];
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
