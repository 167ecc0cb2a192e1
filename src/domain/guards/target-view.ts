import { breakerStatus, type BreakerStatus } from './breaker.ts';
import type { RecentEntry } from './recent.ts';
import { memoryAt, type RecentChange, type TargetMemory } from './target-memory.ts';

/** A remediation on the target or in line for it. Times in epoch ms. */
export interface TargetHoldView {
  readonly remediationId: string;
  readonly action: string;
  readonly since: number;
  /** Since when it only leases the target. */
  readonly yieldsSince?: number;
}

/** What guards a target, as it is shown. Times in epoch ms. */
export interface TargetGuardView {
  /** When it was looked at. */
  readonly at: number;
  readonly holder?: TargetHoldView;
  /** In the order of their turns. */
  readonly queue: readonly TargetHoldView[];
  /** How many share the end of the holder, or of one that waits. */
  readonly joined: number;
  readonly cooldowns: readonly RecentChange[];
  readonly breaker: {
    readonly status: BreakerStatus;
    /** Counted in the window. */
    readonly failures: number;
    /** When an open one lets the next remediation try. */
    readonly until?: number;
  };
  readonly recent: readonly RecentEntry[];
}

export function targetView(
  memory: TargetMemory,
  places: Pick<TargetGuardView, 'holder' | 'queue' | 'joined'>,
  now: number,
): TargetGuardView {
  const { changes, breaker, recent } = memoryAt(memory, now);
  return {
    at: now,
    ...places,
    cooldowns: changes,
    breaker: {
      status: breakerStatus(breaker, now),
      failures: breaker.failures.length,
      ...(breaker.open === undefined ? {} : { until: breaker.open.until }),
    },
    recent,
  };
}
