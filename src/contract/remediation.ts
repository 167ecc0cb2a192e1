import type { Alert } from '../domain/alert/alert.ts';
import type { RemediationResult, RemediationStatus } from '../domain/remediation/remediation.ts';

/**
 * The names by which the API, the CLI and other workflows reach a remediation. They are in the histories of running
 * workflows: changing one breaks them.
 */
export const REMEDIATION_WORKFLOW = 'remediation';
export const RESOLVED_SIGNAL = 'resolved';
export const STATUS_QUERY = 'status';
/** Updates. Each has a validator that refuses, with the reason, what comes too late or from the wrong person. */
export const APPROVE_UPDATE = 'approve';
export const REJECT_UPDATE = 'reject';
/** Ends the remediation and undoes what it changed; cancelling the workflow does the same without a name. */
export const UNDO_UPDATE = 'undo';

/** Tells that an alert has resolved whose remediation had failed. */
export const ALL_CLEAR_WORKFLOW = 'allClear';

export interface AllClearInput {
  readonly remediationId: string;
  /** As it resolved. */
  readonly alert: Alert;
}

/** One for each remediation. */
export function allClearId(remediationId: string): string {
  return `all-clear/${remediationId}`;
}

export interface RemediationInput {
  readonly alert: Alert;
}

/** Arguments of the `resolved` signal. */
export interface ResolvedNotice {
  /** RFC 3339; when the alert ended, by Alertmanager's clock. */
  readonly endsAt?: string;
}

/** Argument of the updates `approve` and `reject`; their answer is the state of the approval, `ApprovalState`. */
export interface VoteInput {
  /** Who, by the identity that the API or the CLI established. */
  readonly by: string;
  readonly roles: readonly string[];
  readonly reason: string;
  readonly via: 'http' | 'cli' | 'link';
  /** ID of the one-time link used, if one was. */
  readonly linkId?: string;
}

/** Argument of the update `undo`; its answer is the step at which it was heard. */
export interface UndoInput {
  readonly by: string;
  readonly reason: string;
}

export type { RemediationResult, RemediationStatus };
