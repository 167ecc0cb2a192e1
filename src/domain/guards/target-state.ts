import type { GuardsClause } from '../plan/guards-clause.ts';
import { type Breaker, CLOSED } from './breaker.ts';
import type { Departed } from './departed.ts';
import type { Hold } from './machine.ts';
import type { LeaderEnded } from './messages.ts';
import type { RecentEntry } from './recent.ts';

/** Argument of the target guard's `enter` update. */
export interface EnterTarget {
  readonly remediationId: string;
  /** What makes two alerts the same one firing again: alertname and fingerprint. */
  readonly alertKey: string;
  readonly action: string;
  readonly clause: GuardsClause;
}

/** A remediation on the target or in line for it. */
export interface TargetHold extends Hold {
  readonly alertKey: string;
  readonly action: string;
  readonly clause: GuardsClause;
  /** Epoch ms since which the holder only leases the target, and makes way for whoever comes. */
  readonly yieldsSince?: number;
  /** Epoch ms at which a holder that only leases the target changed it; absent: not said. */
  readonly actedAt?: number;
}

/** Shares the end of its leader: the holder, or one that waits for its turn. */
export type TargetFollower = TargetHold & { readonly leader: string };

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

/** What is remembered of one target; carried whole from run to run. Without a holder nobody waits or has joined. */
export interface TargetGuardState {
  readonly holder?: TargetHold;
  /** In the order of arrival. */
  readonly queue: readonly TargetHold[];
  readonly joined: readonly TargetFollower[];
  /** At most one an action. */
  readonly changes: readonly RecentChange[];
  readonly cures: readonly Cure[];
  readonly breaker: Breaker;
  readonly departed: readonly Departed[];
  /** The newest ends of leaders, oldest first. */
  readonly ends: readonly LeaderEnded[];
  readonly recent: readonly RecentEntry[];
}

export const NEW_TARGET_GUARD: TargetGuardState = {
  queue: [],
  joined: [],
  changes: [],
  cures: [],
  breaker: CLOSED,
  departed: [],
  ends: [],
  recent: [],
};
