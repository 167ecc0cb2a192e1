import { type Breaker, breakerAt, breakerForgottenAt, CLOSED } from './breaker.ts';
import type { RecentEntry } from './recent.ts';

/** A change of the target after which the same action has to wait. */
export interface RecentChange {
  readonly action: string;
  /** Epoch ms. */
  readonly at: number;
  readonly until: number;
}

/** A cure that has to hold: the same alert before `until` is a failure. Epoch ms. */
export interface Cure {
  readonly alertKey: string;
  readonly at: number;
  readonly until: number;
}

/** What is remembered of one target, whichever remediation holds it. */
export interface TargetMemory {
  /** At most one an action. */
  readonly changes: readonly RecentChange[];
  /** At most one an alert. */
  readonly cures: readonly Cure[];
  readonly breaker: Breaker;
  readonly recent: readonly RecentEntry[];
}

export const NEW_MEMORY: TargetMemory = { changes: [], cures: [], breaker: CLOSED, recent: [] };

/** The memory without what time has ended. */
export function memoryAt(memory: TargetMemory, now: number): TargetMemory {
  return {
    ...memory,
    changes: memory.changes.filter(({ until }) => until > now),
    cures: memory.cures.filter(({ until }) => until > now),
    breaker: breakerAt(memory.breaker, now),
  };
}

/** Epoch ms from which on nothing of it matters any more. */
export function memoryEndsAt({ changes, cures, breaker }: TargetMemory): number {
  return Math.max(
    breakerForgottenAt(breaker),
    ...changes.map(({ until }) => until),
    ...cures.map(({ until }) => until),
  );
}
