import type { AuditEntry, AuditRow } from '../../domain/audit/audit-entry.ts';
import type { ChainPoint } from '../../domain/audit/chain.ts';
import type { Checkpoint, SignatureVerdict } from '../../domain/audit/checkpoint.ts';
import type { AuditVerdict, KnownPoint } from '../../domain/audit/verdict.ts';

export interface ListQuery {
  readonly remediationId?: string;
  /** RFC 3339; only what was recorded at this time or later, by the clock of the database. */
  readonly since?: string;
  /** Only rows after this one. */
  readonly afterSeq?: number;
  /** At most so many rows; the oldest of those wanted. */
  readonly limit: number;
}

export interface VerifyOptions {
  /** Places that are remembered outside of the database. */
  readonly anchors?: readonly KnownPoint[];
  /** Look only at what comes after this place. Absent: at the whole log. */
  readonly after?: ChainPoint;
}

/** The append-only, hash-chained record of what Mendloop decided and did. */
export interface AuditLog {
  /**
   * Durable when it settles, in the order given; an entry whose key is there already is left as it is.
   *
   * @throws MendloopError `AuditUnavailable`, to be tried again: entries may have been appended all the same.
   */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Rows in the order in which they were appended. */
  list(query: ListQuery): Promise<AuditRow[]>;
  /** Reads the whole log and says whether it is as it was written. */
  verify(options?: VerifyOptions): Promise<AuditVerdict>;
  close(): Promise<void>;
}

/** What retention needs to have removed. */
export interface Removal {
  /** Rows up to this one. */
  readonly through: number;
  readonly keepDays: number;
  /** The checkpoint that says so. */
  readonly checkpoint: AuditEntry;
}

/** What a signer has left for retention that runs apart from it; every login that may write to the log can leave one. */
export interface RemovalOrder {
  /** Rows up to this one. */
  readonly through: number;
  /** Whether a trusted key signed it. */
  readonly verdict: SignatureVerdict;
  /** Absent: it is no checkpoint at all. */
  readonly checkpoint?: Checkpoint;
}

/** The log with what only its own keeping needs: checkpoints, retention, shipping. */
export interface AuditStore extends AuditLog {
  /** The last entry of this kind whose key begins so; of kinds that tell of settings and policy only. */
  latest(kind: 'config' | 'policy', keyPrefix: string): Promise<AuditRow | undefined>;
  /** The last row. */
  head(): Promise<ChainPoint | undefined>;
  /** A row that is still there. */
  point(seq: number): Promise<ChainPoint | undefined>;
  /** What the newest good checkpoint says was removed. */
  lastRemoved(): Promise<ChainPoint | null>;
  /** The last row of the log's beginning that is older than so many days; undefined if there is none. */
  lastExpired(days: number): Promise<ChainPoint | undefined>;
  /** Gives how many rows were removed. */
  remove(removal: Removal): Promise<number>;
  /** Leaves a signed checkpoint for retention that runs apart: `remove` of it is that process's. */
  orderRemoval(checkpoint: Checkpoint): Promise<void>;
  /** What was left so and is not carried out, in order of rows. */
  removalOrders(): Promise<RemovalOrder[]>;
  /** How far a sink has come; undefined: nothing was sent there yet. */
  cursor(sink: string): Promise<ChainPoint | undefined>;
  /** Remembers that everything up to this place has arrived. */
  recordShipment(sink: string, point: ChainPoint): Promise<void>;
  /** Runs `job` unless it runs already, here or in another process: then gives undefined. */
  exclusively<T>(name: string, job: () => Promise<T>): Promise<T | undefined>;
}
