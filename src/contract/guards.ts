import type { ClusterGuardState } from '../domain/guards/cluster-state.ts';
import type { LedgerState } from '../domain/guards/ledger-state.ts';
import type { TargetGuardState } from '../domain/guards/target-state.ts';

/**
 * How remediations, the API and the CLI reach the guards, and what the guards say to remediations. See
 * `docs/guards.md`.
 */
export * from '../domain/guards/names.ts';
export {
  type ClusterAnswer,
  type GuardMessage,
  type HumanOrder,
  type LeaderEnded,
  type Leave,
  type PauseNotice,
  type Refused,
  RefusalReason,
  type TargetAnswer,
  type Turn,
} from '../domain/guards/messages.ts';
export type { ClusterGuardView } from '../domain/guards/cluster-machine.ts';
export type { ClusterLimits, EnterCluster } from '../domain/guards/cluster-state.ts';
export type { LedgerView } from '../domain/guards/ledger-machine.ts';
export { LedgerReason, type Reserve, type ReserveAnswer } from '../domain/guards/ledger-state.ts';
export type { TargetGuardView } from '../domain/guards/target-machine.ts';
export type { EnterTarget } from '../domain/guards/target-state.ts';

/** What tests make smaller. */
export interface GuardTuning {
  /** Updates that one run answers before it continues as new. */
  readonly maxUpdates?: number;
  /** Seconds between two looks at whether the holders still run, while somebody waits for them. */
  readonly probeSeconds?: number;
  /** Seconds for which those that left are remembered. */
  readonly rememberSeconds?: number;
}

/** Payload of `commit` and `release`. */
export interface ReservationNotice {
  readonly remediationId: string;
}

/** Input of a guard's workflow; empty at the first start. */
export interface GuardInput<S> {
  /** What the run before this one remembered. */
  readonly state?: S;
  readonly tuning?: GuardTuning;
}
export type TargetGuardInput = GuardInput<TargetGuardState>;
export type ClusterGuardInput = GuardInput<ClusterGuardState>;
export type BudgetLedgerInput = GuardInput<LedgerState>;
