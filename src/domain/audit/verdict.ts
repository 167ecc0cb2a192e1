import type { ChainPoint } from './chain.ts';

/** What can be wrong with a row, or with the place where one should be. */
export const AuditProblemKind = {
  /** It is not what was hashed when it was written. */
  Changed: 'changed',
  /** There should be a row of this number. */
  Missing: 'missing',
  /** It is at a place where it was not written. */
  OutOfOrder: 'out_of_order',
  /** A checkpoint that no trusted key signed. */
  BadSignature: 'bad_signature',
  /** Rows left without a checkpoint that says so. */
  UnsignedRemoval: 'unsigned_removal',
} as const;
export type AuditProblemKind = (typeof AuditProblemKind)[keyof typeof AuditProblemKind];

export interface AuditProblem {
  /** The row, or the first of the rows, that it is about. */
  readonly seq: number;
  readonly kind: AuditProblemKind;
  /** A sentence for an auditor. */
  readonly message: string;
}

/** A place of the log that is remembered elsewhere: proof of what it was. */
export interface KnownPoint extends ChainPoint {
  /** Who remembers it, to stand in a sentence: `checkpoint 57`, `the anchor given`. */
  readonly source: string;
}

export interface AuditVerdict {
  readonly intact: boolean;
  /** How many rows were looked at. */
  readonly rows: number;
  readonly first: ChainPoint | null;
  readonly head: ChainPoint | null;
  /** The last row that retention removed, by a good checkpoint. */
  readonly removed: ChainPoint | null;
  /**
   * The last row that a good checkpoint covers. Rows after it could have been rewritten, to the end, by a writer who may
   * change the database and recompute every hash; rows up to it could not.
   */
  readonly signed: ChainPoint | null;
  /** The first ones; `problemCount` has how many there are. */
  readonly problems: readonly AuditProblem[];
  readonly problemCount: number;
}
