import type { GuardsClause } from '../plan/guards-clause.ts';

export type BreakerRule = GuardsClause['breaker'];

/**
 * The circuit breaker of one target. Closed: failures are counted. Open: nothing is done. Half-open, when its time has
 * passed: one remediation is let through, and its end decides; if none comes for as long again, it closes.
 */
export interface Breaker {
  readonly failures: readonly Failure[];
  readonly open?: { readonly since: number; readonly until: number; readonly forgottenAt: number };
}

interface Failure {
  /** Epoch ms. */
  readonly at: number;
  /** Epoch ms after which it counts no more, by the rule it was counted by. */
  readonly until: number;
}

/** As many as a rule may ask for. */
const MAX_FAILURES = 100;

export type BreakerStatus = 'closed' | 'open' | 'half_open';

export const CLOSED: Breaker = { failures: [] };

export function breakerStatus({ open }: Breaker, now: number): BreakerStatus {
  if (open === undefined || now >= open.forgottenAt) return 'closed';
  return now < open.until ? 'open' : 'half_open';
}

/** Counts a failure: opens at the rule's number in the rule's window, and at once when half-open. */
export function afterFailure(breaker: Breaker, rule: BreakerRule, now: number): Breaker {
  const failures = [...breaker.failures, { at: now, until: now + rule.windowSeconds * 1000 }].slice(-MAX_FAILURES);
  const counted = failures.filter(({ at }) => at > now - rule.windowSeconds * 1000).length;
  if (counted < rule.failures && breakerStatus(breaker, now) === 'closed') return { ...breaker, failures };
  const until = now + rule.openSeconds * 1000;
  return { failures, open: { since: now, until, forgottenAt: until + rule.openSeconds * 1000 } };
}

/** A cure closes a half-open breaker; it does not take back the failures that a closed one has counted. */
export function afterSuccess(breaker: Breaker, now: number): Breaker {
  return breakerStatus(breaker, now) === 'closed' ? breaker : CLOSED;
}

/** Without what counts no more. */
export function breakerAt(breaker: Breaker, now: number): Breaker {
  if (breaker.open !== undefined) return now < breaker.open.forgottenAt ? breaker : CLOSED;
  const failures = breaker.failures.filter(({ until }) => until > now);
  return failures.length === breaker.failures.length ? breaker : { failures };
}

/** Epoch ms from which on it is as if nothing had ever failed. */
export function breakerForgottenAt({ failures, open }: Breaker): number {
  return Math.max(open?.forgottenAt ?? 0, ...failures.map(({ until }) => until));
}
