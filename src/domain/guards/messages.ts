import type { Outcome } from '../remediation/outcome.ts';
import type {
  CLUSTER_TURN_SIGNAL,
  GUARD_LEADER_ENDED_SIGNAL,
  GUARD_PAUSED_SIGNAL,
  GUARD_TURN_SIGNAL,
  GUARD_YIELD_SIGNAL,
} from './names.ts';

/** Why a guard does not let a remediation act. A closed set; also what metrics may be labelled by. */
export const RefusalReason = {
  /** The same action was taken on the target a short while ago. */
  Cooldown: 'cooldown',
  /** Too many remediations of the target have failed. */
  BreakerOpen: 'breaker_open',
  /** A human has paused all changes in the cluster. */
  Paused: 'paused',
  MaxConcurrent: 'max_concurrent',
  MaxActionsPerHour: 'max_actions_per_hour',
  /** Too large a share of the namespace's workloads has been changed. */
  BlastRadius: 'blast_radius',
  /** More are waiting than the guard can remember. */
  TooManyWaiting: 'too_many_waiting',
  /** The remediation has left this guard before. */
  AlreadyLeft: 'already_left',
} as const;
export type RefusalReason = (typeof RefusalReason)[keyof typeof RefusalReason];

export interface Granted {
  readonly status: 'granted';
}

/**
 * Shares the end of `leader`, which a `guardLeaderEnded` signal will tell. If the leader vanishes, a `guardTurn` makes
 * one of those that joined the next leader.
 */
export interface Joined {
  readonly status: 'joined';
  readonly leader: string;
}

/** A turn signal will tell when it is over. */
export interface Queued {
  readonly status: 'queued';
  /** From 1, by the order of arrival. */
  readonly position: number;
  /** What is waited for, in one sentence. */
  readonly text: string;
}

export interface Refused {
  readonly status: 'refused';
  readonly reason: RefusalReason;
  /** Epoch ms at which the reason ends by itself; absent where that cannot be known. */
  readonly until?: number;
  /** One sentence for people. */
  readonly text: string;
}

export type TargetAnswer = Granted | Joined | Queued | Refused;
export type ClusterAnswer = Granted | Queued | Refused;

/** Payload of `guardTurn` and `clusterTurn`. */
export type Turn = Granted | Refused;

/** Payload of `guardLeaderEnded`. */
export interface LeaderEnded {
  readonly leader: string;
  readonly outcome: Outcome;
  readonly text: string;
}

/** Payload of `guardPaused`. */
export interface PauseNotice {
  readonly paused: boolean;
  readonly by: string;
  readonly reason: string;
}

/** Payload of `guardYield`. */
export interface YieldRequest {
  /** The remediation that waits. */
  readonly to: string;
}

/** Payload of the `leave` signal. */
export interface Leave {
  readonly remediationId: string;
  readonly outcome: Outcome;
  /** One sentence for people; those that joined get it too. */
  readonly text: string;
  /** Whether the target was changed, even if it has been put back. */
  readonly acted: boolean;
  /** Epoch ms of the change; absent: now. */
  readonly actedAt?: number;
}

/** Payload of the `yield` signal. */
export interface YieldNotice {
  readonly remediationId: string;
  /** Epoch ms at which the target was changed; absent from older runs. */
  readonly actedAt?: number;
}

/** Payload of `reset`, `pause` and `resume`: who, and why. */
export interface HumanOrder {
  readonly by: string;
  readonly reason: string;
}

/** A signal from a guard to a remediation. */
export type GuardMessage =
  | { readonly to: string; readonly signal: typeof GUARD_TURN_SIGNAL; readonly payload: Turn }
  | { readonly to: string; readonly signal: typeof CLUSTER_TURN_SIGNAL; readonly payload: Turn }
  | { readonly to: string; readonly signal: typeof GUARD_LEADER_ENDED_SIGNAL; readonly payload: LeaderEnded }
  | { readonly to: string; readonly signal: typeof GUARD_PAUSED_SIGNAL; readonly payload: PauseNotice }
  | { readonly to: string; readonly signal: typeof GUARD_YIELD_SIGNAL; readonly payload: YieldRequest };
