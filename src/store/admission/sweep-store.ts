import type { Database } from '../database.ts';
import type { SweepRequest, SweepResult } from '../store.ts';
import type { AdmissionQueue } from './admission-queue.ts';
import type { CommitParts } from './commit.ts';
import { forgetOld } from './forget-old.ts';
import { hasLostClaims, serverStarted } from './lost-claims.ts';
import { leading, turning, vanishing } from './operations.ts';
import type { Outbox } from './outbox.ts';
import { isRestored, remember } from './remembered.ts';

/** Milliseconds between two looks at whether the workflow of a claim runs. */
const CHECK_EVERY_MS = 20_000;

/** Claims of one sweep. Those that hold something come first. */
const MAX_CHECKED = 300;

/** Groups without a lead of one sweep. */
const MAX_ORPHANS = 200;

export interface SweepParts extends CommitParts {
  readonly queue: AdmissionQueue;
  readonly outbox: Outbox;
}

/** See `AdmissionStore.sweep`. Each of its steps may be done by several processes at once, or not at all this time. */
export async function sweepStore(parts: SweepParts, request: SweepRequest): Promise<SweepResult> {
  const { database, queue, outbox } = parts;
  const { send, isOpen, remembered, holders } = request;
  const started = await serverStarted(database);
  const isRestarted = remembered !== undefined && remembered.serverStarted !== started;
  if (
    (await isRestored(database, remembered?.head)) ||
    (isRestarted && holders !== undefined && (await hasLostClaims(database, holders)))
  ) {
    return { remembered: remembered ?? { pauses: [] }, woken: 0, expired: 0, freed: [], restored: true };
  }
  if (remembered?.head !== undefined) queue.know(remembered.head);

  let expired = 0;
  for (const cluster of await clustersOf(database)) expired += await queue.run(cluster, turning());
  await leadOrphans(parts);
  const freed = await freeEnded(parts, isOpen);
  const woken = await outbox.sweep(send);
  await forgetOld(parts);
  return {
    remembered: { ...(await remember(database)), serverStarted: started },
    woken,
    expired,
    freed,
    restored: false,
  };
}

async function clustersOf(database: Pick<Database, 'run'>): Promise<string[]> {
  const rows = await database.run({ text: 'SELECT name FROM mendloop.cluster ORDER BY name' });
  return rows.flatMap((row) => row['name'] ?? []);
}

/** Those whose lead is gone without a trace, as one that was removed by hand: the first of them leads. */
async function leadOrphans({ database, queue }: SweepParts): Promise<void> {
  const rows = await database.run({
    text: `
      SELECT DISTINCT ON (j.party) j.cluster, j.remediation_id AS id FROM mendloop.claim j
      WHERE j.status = 'joined' AND NOT EXISTS (
        SELECT FROM mendloop.claim l WHERE l.party = j.party AND l.status IN ('queued', 'offered', 'held')
      )
      ORDER BY j.party, j.rank, j.arrived LIMIT $1::int`,
    values: [String(MAX_ORPHANS)],
  });
  for (const [cluster, ids] of byCluster(rows)) await queue.run(cluster, leading(ids));
}

/** Frees what remediations hold, or wait for, whose workflow has ended. Gives those. */
async function freeEnded({ database, queue, now }: SweepParts, isOpen: SweepRequest['isOpen']): Promise<string[]> {
  const rows = await database.run({
    text: `
      WITH moment AS (
        SELECT coalesce($1::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now
      ), due AS (
        SELECT c.remediation_id FROM mendloop.claim c, moment
        WHERE c.status <> 'left' AND c.checked_at <= moment.now - $2::bigint
        ORDER BY c.status IN ('held', 'offered') DESC, c.checked_at LIMIT $3::int FOR UPDATE OF c SKIP LOCKED
      )
      UPDATE mendloop.claim c SET checked_at = moment.now FROM due, moment WHERE c.remediation_id = due.remediation_id
      RETURNING c.remediation_id AS id, c.cluster`,
    values: [now === undefined ? null : String(Math.floor(now())), String(CHECK_EVERY_MS), String(MAX_CHECKED)],
  });
  if (rows.length === 0) return [];
  const open = await isOpen(rows.flatMap((row) => row['id'] ?? []));
  const freed: string[] = [];
  for (const [cluster, ids] of byCluster(rows)) {
    const ended = ids.filter((id) => !open.has(id));
    if (ended.length > 0) freed.push(...(await queue.run(cluster, vanishing(ended))));
  }
  return freed;
}

function byCluster(rows: Awaited<ReturnType<Database['run']>>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { cluster, id } of rows) {
    if (cluster == null || id == null) continue;
    groups.set(cluster, [...(groups.get(cluster) ?? []), id]);
  }
  return groups;
}
