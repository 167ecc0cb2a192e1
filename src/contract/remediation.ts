import type { Alert } from '../domain/alert/alert.ts';
import type { Decision } from '../domain/decision.ts';
import type { Sealed } from '../domain/orders/seal.ts';
import type { Outcome } from '../domain/remediation/outcome.ts';
import type { RemediationResult, RemediationStatus } from '../domain/remediation/remediation.ts';

/**
 * The names by which the API, the CLI and other workflows reach a remediation. They are in the histories of running
 * workflows: changing one breaks them.
 */
export const REMEDIATION_WORKFLOW = 'remediation';
export const RESOLVED_SIGNAL = 'resolved';
/** A wake-up, whose payload is a `WakeUp`: what holds now is asked for by `admit`. */
export const WAKE_SIGNAL = 'wake';
export const STATUS_QUERY = 'status';
/** What it holds of the store, by its own history; undefined: nothing. For a store that was restored. */
export const HOLDS_QUERY = 'holds';

/** What it was granted and how it left, once it has: answered also after its end. */
export const LEFT_QUERY = 'left';
/** Updates. Each has a validator that refuses, with the reason, what comes too late or from the wrong person. */
export const APPROVE_UPDATE = 'approve';
export const REJECT_UPDATE = 'reject';
/** Ends the remediation and undoes what it changed; cancelling the workflow does the same without a name. */
export const UNDO_UPDATE = 'undo';

/** Tells that an alert has resolved whose remediation had failed. */
export const ALL_CLEAR_WORKFLOW = 'allClear';

/** Wakes what is due in the store, and frees what its workflow no longer holds; run by a Schedule. */
export const SWEEP_WORKFLOW = 'sweep';

/** Argument of `allClear`, sealed by the API. */
export interface AllClearInput {
  readonly remediationId: string;
  /** As it resolved. */
  readonly alert: Alert;
}

/** One for each remediation. */
export function allClearId(remediationId: string): string {
  return `all-clear/${remediationId}`;
}

/** Argument of `remediation`, sealed by the API: any other client of Temporal can start one, and it does nothing. */
export type SealedStart = Sealed<RemediationInput>;

export interface RemediationInput {
  readonly alert: Alert;
  /** Of the settings or of the sender's credential, never of a label. */
  readonly cluster: string;
  /** What policy said when the alert came; absent: it could not answer then, and is asked until it can. */
  readonly decision?: Decision;
  /** Of the same spell of the alert, where it is entered again: the remediation before, which ended without a cure. */
  readonly previous?: PreviousRemediation;
}

export interface PreviousRemediation {
  readonly remediationId: string;
  readonly outcome: Outcome | 'lost';
}

/** Arguments of the `resolved` signal, sealed by the API. */
export interface ResolvedNotice {
  /** RFC 3339; when the alert began and ended, by Alertmanager's clock. */
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** Argument of the updates `approve` and `reject`, sealed by the API for the request that is open; their answer is the state of the approval, `ApprovalState`. */
export interface VoteInput {
  /** Who, by the identity that the API or the CLI established. */
  readonly by: string;
  readonly roles: readonly string[];
  readonly reason: string;
  readonly via: 'http' | 'cli' | 'link';
  /** ID of the one-time link used, if one was; and the request for approval that it was made for. */
  readonly linkId?: string;
  readonly round?: string;
}

/** Argument of the update `undo`, sealed by the API; its answer is the step at which it was heard. */
export interface UndoInput {
  readonly by: string;
  readonly reason: string;
  /** Absent: by the API. */
  readonly via?: 'cli';
}

export type { RemediationResult, RemediationStatus };
