import type { Pause } from '../../domain/guards/cluster-limits.ts';
import type { Database } from '../database.ts';
import type { KnownHead, Remembered } from '../store.ts';

/** Whether the store lacks what is known to have been committed; it admits nothing then, in any process. */
export async function isRestored(database: Pick<Database, 'run'>, known?: KnownHead): Promise<boolean> {
  const [row] = await database.run({
    text: 'SELECT mendloop.restored_because($1::jsonb) AS why',
    values: [known === undefined ? null : JSON.stringify(known)],
  });
  return row?.['why'] != null;
}

/** What has to be known of the store outside of it. */
export async function remember(database: Pick<Database, 'run'>): Promise<Remembered> {
  const [row] = await database.run({
    text: `
      SELECT mendloop.head()::text AS head, (
        SELECT coalesce(jsonb_agg(jsonb_build_object('cluster', c.name, 'pause', c.pause) ORDER BY c.name), '[]')
        FROM mendloop.cluster c WHERE c.pause IS NOT NULL
      )::text AS pauses`,
  });
  const head = row?.['head'];
  const pauses = JSON.parse(row?.['pauses'] ?? '[]') as readonly { readonly cluster: string; readonly pause: Pause }[];
  return {
    ...(head == null ? {} : { head: JSON.parse(head) as KnownHead }),
    pauses: pauses.map(({ cluster, pause: { by, reason } }) => ({ cluster, order: { by, reason } })),
  };
}
