import type { Database } from '../database.ts';
import type { BelievedHold, OpenHolders } from '../store.ts';
import { storableJson } from './storable-json.ts';

/** When the server of the store began. A copy of its disk takes its place only while it stands still. */
export async function serverStarted(database: Pick<Database, 'run'>): Promise<string> {
  const [row] = await database.run({ text: 'SELECT pg_postmaster_start_time()::text AS started' });
  return row?.['started'] ?? '';
}

/**
 * Whether a remediation holds, by its own history, what the store has never heard of, and nobody else has: the store lacks
 * commits that were made. It admits nothing then, in any process. One that has left, or asks again, is known all the same.
 */
export async function hasLostClaims(database: Pick<Database, 'run'>, { open, holding }: OpenHolders): Promise<boolean> {
  const unknown = await unknownOf(
    database,
    (await open()).map((remediationId) => ({ remediationId, objects: [] })),
  );
  if (unknown.length === 0) return false;
  // Asked after its own answer: what it was granted before that has a row.
  const [lost] = await unknownOf(database, await holding(unknown));
  if (lost === undefined) return false;
  await database.run({
    text: 'UPDATE mendloop.installation SET restored = $1 WHERE restored IS NULL',
    values: [`${lost} holds what it was never granted, by what is left here`],
  });
  return true;
}

async function unknownOf(database: Pick<Database, 'run'>, claims: readonly BelievedHold[]): Promise<string[]> {
  if (claims.length === 0) return [];
  const rows = await database.run({
    text: `
      SELECT asked ->> 'remediationId' AS id FROM jsonb_array_elements($1::jsonb) asked
      WHERE NOT EXISTS (SELECT FROM mendloop.claim c WHERE c.remediation_id = asked ->> 'remediationId')
        AND NOT EXISTS (
          SELECT FROM jsonb_array_elements_text(asked -> 'objects') wanted (name)
          JOIN mendloop.claim_object o ON o.object = wanted.name WHERE o.taken
        )`,
    values: [storableJson(claims)],
  });
  return rows.flatMap((row) => row['id'] ?? []);
}
