import type { EarlierChange } from '../../domain/precondition/facts.ts';
import type { Database } from '../database.ts';
import type { ChangesQuestion } from '../store.ts';

/** More of one object than any precondition counts. */
const MAX_CHANGES = 200;

/** The newest changes of some objects, by one action or by any, by the index of the cluster's changes. */
export async function readChanges(
  database: Pick<Database, 'run'>,
  { cluster, action = '', objects, since, except = '' }: ChangesQuestion,
): Promise<readonly EarlierChange[]> {
  const rows = await database.run({
    text: `SELECT remediation_id, action, at::text AS at FROM mendloop.act
      WHERE cluster = $1 AND at > $2::bigint AND ($3 = '' OR action = $3) AND objects && $4::text[] AND remediation_id <> $5
      ORDER BY mendloop.act.at DESC LIMIT ${MAX_CHANGES}`,
    values: [cluster, String(Math.floor(since)), action, [...objects], except],
    prepare: 'earlier_changes',
  });
  return rows.map((row) => ({
    remediationId: row['remediation_id'] ?? '',
    action: row['action'] ?? '',
    at: Number(row['at']),
  }));
}
