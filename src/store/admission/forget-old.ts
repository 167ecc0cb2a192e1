import { HOUR_MS } from '../../domain/guards/cluster-limits.ts';
import { HISTORY_SECONDS } from '../../domain/precondition/precondition.ts';
import type { CommitParts } from './commit.ts';

/** Rows of one kind that one sweep removes: a first run after a long time must not meet the time limit of a statement. */
const MAX_REMOVED = 1000;

/** Days for which a remediation that has left is remembered, at least: longer while its incident is. */
const TOMBSTONE_DAYS = 30;

const DAY_MS = 86_400_000;

/** Removes what no limit, no cooldown, no ledger and no late request can meet any more. */
export async function forgetOld({ database, limits, now = Date.now }: CommitParts): Promise<void> {
  const at = Math.floor(now());
  const kept = Math.max(HOUR_MS, limits.blastRadius.windowSeconds * 1000, HISTORY_SECONDS * 1000);
  const actsBefore = at - kept - HOUR_MS;
  const statements: readonly (readonly [string, number])[] = [
    [
      `DELETE FROM mendloop.act WHERE id IN (
         SELECT id FROM mendloop.act WHERE at < $1::bigint LIMIT $2::int FOR UPDATE SKIP LOCKED)`,
      actsBefore,
    ],
    [
      `DELETE FROM mendloop.target WHERE name IN (
         SELECT t.name FROM mendloop.target t
         WHERE t.ends_at < $1::bigint AND NOT EXISTS (SELECT FROM mendloop.claim_object o WHERE o.object = t.name)
         LIMIT $2::int FOR UPDATE SKIP LOCKED)`,
      at,
    ],
    [
      `DELETE FROM mendloop.ledger WHERE (budget, scope_key) IN (
         SELECT l.budget, l.scope_key FROM mendloop.ledger l
         WHERE l.ends_at < $1::bigint LIMIT $2::int FOR UPDATE SKIP LOCKED)`,
      at,
    ],
    [
      `DELETE FROM mendloop.reservation r WHERE NOT EXISTS (
         SELECT FROM mendloop.ledger l WHERE l.budget = r.budget AND l.scope_key = r.scope_key
       ) AND r.committed_at < $1::bigint AND $2::int > 0`,
      at - DAY_MS,
    ],
    [
      `DELETE FROM mendloop.claim WHERE remediation_id IN (
         SELECT c.remediation_id FROM mendloop.claim c
         WHERE c.status = 'left' AND c.left_at < $1::bigint
           AND NOT EXISTS (SELECT FROM mendloop.incident i WHERE i.remediation_id = c.remediation_id)
         LIMIT $2::int FOR UPDATE SKIP LOCKED)`,
      at - TOMBSTONE_DAYS * DAY_MS,
    ],
  ];
  for (const [text, before] of statements) {
    await database.run({ text, values: [String(before), String(MAX_REMOVED)] });
  }
}
