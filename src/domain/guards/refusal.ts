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
  /** A freeze or a maintenance lasts, or it is outside of the hours for changes. */
  Window: 'window',
  /** The remediation has given everything back before. */
  AlreadyLeft: 'already_left',
} as const;
export type RefusalReason = (typeof RefusalReason)[keyof typeof RefusalReason];

export interface Refused {
  readonly status: 'refused';
  readonly reason: RefusalReason;
  /** Epoch ms at which the reason ends by itself; absent where that cannot be known. */
  readonly until?: number;
  /** One sentence for people. */
  readonly text: string;
}
