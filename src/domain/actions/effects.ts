import type { ScaleTarget } from '../target/target.ts';

/** Sum of the container requests of one Pod of the workload. */
export interface PodRequests {
  /** CPU cores. */
  readonly cpu: number;
  /** Bytes of memory. */
  readonly memory: number;
}

/** How the replica count is moved: on the workload itself, or through the autoscaler that owns it. */
export type ScaleLever =
  { readonly kind: 'replicas' } | { readonly kind: 'autoscaler'; readonly name: string; readonly maxReplicas: number };

/** The target as it was before the act: what compensation goes back to. */
export interface TargetSnapshot {
  readonly target: ScaleTarget;
  /** UID of the object, so that one deleted and created again under the same name is never touched. */
  readonly uid: string;
  readonly lever: ScaleLever;
  /** What the lever holds now: `spec.replicas`, or the autoscaler's `minReplicas`. */
  readonly value: number;
  /** `spec.replicas` of the workload now. */
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly podRequests: PodRequests;
  /** ID of the remediation that holds the target by annotation, if one does. */
  readonly heldBy?: string;
  /**
   * Where the lease of that remediation was to end: what the target had before anybody's change. Absent once somebody
   * else has set the lever: then that value is wanted, and the old one is nobody's promise any more.
   */
  readonly leasedFrom?: number;
}

/** One intended change of a lever; the key of its idempotence is `remediationId` with `uid`. */
export interface ScaleChange {
  readonly remediationId: string;
  readonly target: ScaleTarget;
  readonly uid: string;
  readonly lever: ScaleLever;
  readonly from: number;
  readonly to: number;
  /** Where the target stood before the remediation, for a later step of it; `from` if absent. */
  readonly baseline?: number;
}

export interface ScaleResult {
  /** False if the lever already stood at `to` by somebody else's hand: then there is nothing of ours to undo. */
  readonly changed: boolean;
  readonly before: number;
  readonly after: number;
}

/** What an undo found. `left_alone` means that somebody else changed the lever after us. */
export type RestoreResult =
  | { readonly status: 'restored'; readonly before: number; readonly after: number }
  | { readonly status: 'nothing_to_undo'; readonly found: number }
  | { readonly status: 'left_alone'; readonly expected: number; readonly found: number; readonly by: string }
  | { readonly status: 'gone' };

/** A planned change as the API server's dry run answers it; nothing was changed. */
export interface ChangePreview {
  /** The lever's value now, and what it would be. */
  readonly before: number;
  readonly after: number;
  /** Unified diff of the object, for an approver; bounded. */
  readonly diff: string;
}
