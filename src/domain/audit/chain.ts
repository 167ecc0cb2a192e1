/** Lower-case hex SHA-256 of a text's UTF-8 bytes; handed in, because domain code has no cryptography of its own. */
export type Sha256 = (text: string) => string;

/** A place in the log: one row and, through its hash, every row before it. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: string;
}

/** A row just as it is stored. `body` is the entry; the other columns repeat parts of it for the database's indexes. */
export interface ChainRow extends ChainPoint {
  /** RFC 3339 in UTC with microseconds. */
  readonly recordedAt: string;
  readonly key: string;
  readonly kind: string;
  readonly remediationId: string | null;
  /** Canonical JSON; see `toRecord`. */
  readonly body: string;
  readonly prevHash: string;
}

/** What stands before row 1. */
export const GENESIS: ChainPoint = { seq: 0, hash: '0'.repeat(64) };

/**
 * The hash of a row: SHA-256 over four lines, namely the hash of the row before, the row's number, when it was recorded,
 * and its body. The first three hold no line break, so that no two rows give the same text. The database computes the
 * same when it appends (`src/store/schema/audit.ts`).
 */
export function chainHash(row: Omit<ChainRow, 'hash' | 'key' | 'kind' | 'remediationId'>, sha256: Sha256): string {
  return sha256([row.prevHash, row.seq, row.recordedAt, row.body].join('\n'));
}
