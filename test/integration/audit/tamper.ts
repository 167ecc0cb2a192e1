import { toRecord } from '../../../src/domain/audit/audit-record.ts';
import { chainHash, GENESIS } from '../../../src/domain/audit/chain.ts';
import { sha256 } from '../../../src/store/audit/sha256.ts';
import { anEntry } from '../../unit/audit/log-builder.ts';

/** SQL that a superuser would write to get around the trigger. */
export const unguarded = (sql: string) =>
  `ALTER TABLE mendloop_audit.record DISABLE TRIGGER chain; ${sql}; ALTER TABLE mendloop_audit.record ENABLE TRIGGER chain;`;

/** SQL for the beginning of a log whose rows were recorded so many days ago, oldest first. */
export function agedRows(daysAgo: readonly number[]): string {
  let last = GENESIS;
  const rows = daysAgo.map((days) => {
    const { key, kind, remediationId, body } = toRecord(anEntry());
    const recordedAt = new Date(Date.now() - days * 86_400_000).toISOString().replace('Z', '000Z');
    const row = { seq: last.seq + 1, recordedAt, prevHash: last.hash, body };
    last = { seq: row.seq, hash: chainHash(row, sha256) };
    const values = [String(row.seq), recordedAt, key, kind, remediationId ?? '', body, row.prevHash, last.hash];
    return `(${values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')})`;
  });
  return unguarded(
    'INSERT INTO mendloop_audit.record (seq, recorded_at, key, kind, remediation_id, body, prev_hash, hash) ' +
      `VALUES ${rows.join(', ')}`,
  );
}
