import type { ClusterGuardView, HumanOrder, LedgerView, TargetGuardView } from '../../contract/guards.ts';

/** A guard's own view of itself, or why there is nobody to tell it. */
export type GuardReading<View> = { readonly state: View } | { readonly unavailable: string };

/** The guard of one target. `target` is `cluster/namespace/Kind/name`. */
export type TargetReading = { readonly target: string } & GuardReading<TargetGuardView>;
/** The ledger of one budget. `scope` is a namespace, the value of a team label, or `all`. */
export type LedgerReading = { readonly budget: string; readonly scope: string } & GuardReading<LedgerView>;

/** All that guards this cluster. Times of the guards' own views are epoch milliseconds. */
export interface GuardOverview {
  /** Name of the cluster in targets. */
  readonly cluster: string;
  /** Absent where no remediation and no pause has asked for the guard yet: then nothing is held back. */
  readonly guard?: GuardReading<ClusterGuardView>;
  /** Those that remember something, the latest to begin first; one that has forgotten everything ends. */
  readonly targets: readonly TargetReading[];
  readonly ledgers: readonly LedgerReading[];
  /** There are more targets or ledgers than were looked at. */
  readonly truncated: boolean;
}

/**
 * The guards of one cluster.
 *
 * @throws MendloopError `TemporalUnavailable` by each of its functions.
 */
export interface Guards {
  overview(): Promise<GuardOverview>;
  /** Whether paused already or not: the latest order is in force. */
  pause(order: HumanOrder): Promise<void>;
  resume(order: HumanOrder): Promise<void>;
  /** Closes the breaker of a target and ends its cooldowns; false if nothing is remembered of it. */
  reset(request: { readonly target: string; readonly order: HumanOrder }): Promise<boolean>;
}
