/** A plan of a ladder that was tried, and did not cure. */
export interface TriedRung {
  /** From 1. */
  readonly rung: number;
  readonly action: string;
  /** What was to be done, for people. */
  readonly title: string;
  /** The target was changed, or may have been. */
  readonly acted: boolean;
  /** What was done, as the action tells it; absent: nothing, or its answer was never heard. */
  readonly effect?: string;
  /** Why it was no cure. */
  readonly because: string;
  /** What its undo found; absent: none, so that what was done stays. */
  readonly undo?: string;
}

/** Where a remediation stands on a ladder of several plans. */
export interface LadderState {
  /** From 1. */
  readonly rung: number;
  readonly of: number;
  readonly tried: readonly TriedRung[];
}
