/** How a remediation ended. */
export const Outcome = {
  /** Acted, and fresh metrics proved the cure. */
  Remediated: 'remediated',
  /** Acted, not proven or harmful, and the target is back at its baseline. */
  RolledBack: 'rolled_back',
  /** Handed to a human: the machine could not finish it safely. */
  Escalated: 'escalated',
  /** A budget or a human said no; nothing was changed. */
  Denied: 'denied',
  /** Mode `observe`: decided, not acted. */
  Observed: 'observed',
  /** A guard held it back; nothing was changed. */
  Suppressed: 'suppressed',
  /** Shares the end of the remediation that was already working on the target. */
  Joined: 'joined',
  /** No policy rule wants this alert acted on. */
  Rejected: 'rejected',
  /** An approval's deadline passed. */
  Expired: 'expired',
  /** The alert resolved before anything was changed. */
  AlreadyHealthy: 'already_healthy',
  /** Cancelled by a human; whatever had been changed was undone. */
  Cancelled: 'cancelled',
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];
