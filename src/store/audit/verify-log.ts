import type { ChainPoint, ChainRow } from '../../domain/audit/chain.ts';
import { readEntry } from '../../domain/audit/audit-record.ts';
import { readCheckpoint, type VerifySignature } from '../../domain/audit/checkpoint.ts';
import type { AuditVerdict, KnownPoint } from '../../domain/audit/verdict.ts';
import { ChainVerifier, signedHeads } from '../../domain/audit/verify-chain.ts';
import type { ListQuery, VerifyOptions } from './audit-log.ts';
import { sha256 } from './sha256.ts';

/** Rows that are in memory at once. */
const PAGE = 2000;

export type ReadRows = (query: ListQuery & { readonly kind?: string }) => Promise<ChainRow[]>;

export interface VerifyLogOptions extends VerifyOptions {
  readonly verifySignature: VerifySignature;
  readonly readRows: ReadRows;
  /** What is known of the log by what was sent away. */
  readonly shipments: () => Promise<readonly KnownPoint[]>;
}

/**
 * Reads a log page by page and judges it, against its own checkpoints, what was shipped and what is remembered outside.
 * Rows appended meanwhile are judged too; when retention removes the beginning meanwhile, all is read once more.
 */
export async function verifyLog(options: VerifyLogOptions): Promise<AuditVerdict> {
  const firstSeq = async () => (await options.readRows({ limit: 1 }))[0]?.seq;
  for (;;) {
    const before = await firstSeq();
    const verdict = await readOnce(options);
    if (verdict.intact || (await firstSeq()) === before) return verdict;
  }
}

async function readOnce(options: VerifyLogOptions): Promise<AuditVerdict> {
  const { verifySignature, readRows, after, anchors = [] } = options;
  const checkpoints = await readAll(readRows, { kind: 'checkpoint' }, (rows) => signedHeads(rows, verifySignature));
  const known = [...checkpoints, ...(await options.shipments()), ...anchors];
  const verifier = new ChainVerifier({
    sha256,
    verifySignature,
    known,
    ...(after === undefined ? {} : { after }),
  });
  await readAll(readRows, after === undefined ? {} : { afterSeq: after.seq }, (rows) => {
    for (const row of rows) verifier.add(row);
    return [];
  });
  return verifier.finish();
}

/** The removal that the newest good checkpoint states. */
export async function lastRemovedOf(readRows: ReadRows, verifySignature: VerifySignature): Promise<ChainPoint | null> {
  const removals = await readAll(readRows, { kind: 'checkpoint' }, (rows) =>
    rows.flatMap((row) => {
      const { verdict, checkpoint } = readCheckpoint(readEntry(row.body)?.data ?? {}, verifySignature);
      return verdict === 'valid' && checkpoint?.removed ? [checkpoint.removed] : [];
    }),
  );
  return removals.reduce<ChainPoint | null>((last, point) => (point.seq > (last?.seq ?? 0) ? point : last), null);
}

async function readAll<T>(
  readRows: ReadRows,
  query: { readonly kind?: string; readonly afterSeq?: number },
  use: (rows: readonly ChainRow[]) => readonly T[],
): Promise<T[]> {
  const results: T[] = [];
  for (let afterSeq = query.afterSeq ?? -1; ;) {
    const rows = await readRows({ ...query, afterSeq, limit: PAGE });
    results.push(...use(rows));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return results;
    afterSeq = last.seq;
  }
}
