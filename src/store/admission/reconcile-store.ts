import { type EndedRemediation, reconcile, type Reconciled } from '../../domain/admission/reconcile.ts';
import { objectsOf } from '../../domain/admission/claim.ts';
import type { AuditEntry } from '../../domain/audit/audit-entry.ts';
import type { Database } from '../database.ts';
import type { ReconcileRequest, ReconcileResult } from '../store.ts';
import { type CommitParts, commitOperations } from './commit.ts';
import type { Operation } from './operation.ts';
import type { Outbox } from './outbox.ts';
import { remember } from './remembered.ts';

/** See `AdmissionStore.reconcile`. Done halfway, it is done again from the beginning. */
export async function reconcileStore(
  parts: CommitParts & { readonly outbox: Outbox },
  request: ReconcileRequest,
): Promise<ReconcileResult> {
  const { database, outbox } = parts;
  const result = { reinstated: [] as string[], freed: [] as string[], refused: [] as string[] };
  const [state] = await database.run({ text: 'SELECT restored, generation::text FROM mendloop.installation' });
  const reason = state?.['restored'];
  if (reason == null) return { ...result, remembered: await remember(database) };

  const ended = (await request.ended?.(await savedAt(parts))) ?? [];
  for (const [cluster, ids] of await claimsByCluster(database, { ...request, ended })) {
    let found: Reconciled = { reinstated: [], freed: [], refused: [] };
    const listed = new Set(request.open.map(({ remediationId }) => remediationId));
    const alsoOpen = await request.isOpen(ids.filter((id) => !listed.has(id)));
    const generation = state?.['generation'] ?? '';
    const operation = reconciling({ cluster, ids, alsoOpen, ended, request, reason, generation });
    const { messages } = await commitOperations(parts, {
      cluster,
      operations: [{ needs: operation.needs, apply: (draft) => void (found = operation.apply(draft)) }],
      ...{ sendsForMs: 0, whileRestored: true },
      epochsBelow: Math.max(0, ...request.open.map(({ holds }) => holds?.epoch ?? 0)),
    });
    outbox.send(messages);
    result.reinstated.push(...found.reinstated);
    result.freed.push(...found.freed);
    result.refused.push(...found.refused);
  }
  await database.run({
    text: `UPDATE mendloop.installation SET restored = NULL, server = mendloop.this_server(), generation = generation + 1
           WHERE restored IS NOT NULL AND generation = $1::int`,
    values: [state?.['generation'] ?? null],
  });
  return { ...result, remembered: await remember(database) };
}

/** Clocks of processes that append may differ by this much. */
const MARGIN_MS = 60_000;

/** No rate, cooldown or day of a budget reaches back further. */
const DAY_MS = 86_400_000;

/** When the last row of the audit log was written that the store has, in epoch ms; a day ago at most. */
async function savedAt({ database, now = Date.now }: CommitParts): Promise<number> {
  const [last] = await database.run({
    text: `SELECT r.body::jsonb ->> 'at' AS at FROM mendloop_audit.record r ORDER BY r.seq DESC LIMIT 1`,
  });
  const at = Date.parse(last?.['at'] ?? '');
  return Math.max(now() - DAY_MS, Number.isNaN(at) ? 0 : at - MARGIN_MS);
}

interface ClusterTruth {
  readonly cluster: string;
  readonly ids: readonly string[];
  readonly alsoOpen: ReadonlySet<string>;
  readonly ended: readonly EndedRemediation[];
  readonly request: ReconcileRequest;
  readonly reason: string;
  readonly generation: string;
}

function reconciling({
  cluster,
  ids,
  alsoOpen,
  ended,
  request,
  reason,
  generation,
}: ClusterTruth): Operation<Reconciled> {
  const { remembered } = request;
  const open = request.open.filter((remediation) => remediation.cluster === cluster);
  const ours = ended.filter(({ asked }) => asked.cluster === cluster);
  const asked = [...open.flatMap(({ holds }) => holds?.asked ?? []), ...ours.map((one) => one.asked)];
  const pause = remembered?.pauses.find((one) => one.cluster === cluster)?.order;
  const audit: AuditEntry = {
    key: `store/${cluster}/reconciled/${generation}`,
    at: new Date().toISOString(),
    ...{ actor: 'mendloop', kind: 'guard' },
    data: { order: 'reconcile', cluster, reason, open: open.length, ended: ours.length },
  };
  return {
    needs: {
      ids: [...ids, ...open.map(({ remediationId }) => remediationId), ...ours.map(({ leave }) => leave.remediationId)],
      objects: asked.flatMap((one) => [...objectsOf(one)]),
      namespaces: asked.map(({ namespace }) => namespace),
      ledgers: asked.flatMap(({ money }) => money ?? []),
      leaves: ids.length + ours.length,
      everyHolder: true,
    },
    apply: (draft) =>
      reconcile(draft, { cluster, open, ended: ours, alsoOpen, audit, ...(pause === undefined ? {} : { pause }) }),
  };
}

/** Every cluster that the store or the caller knows, with the remediations that have a claim in it. */
async function claimsByCluster(
  database: Pick<Database, 'run'>,
  { open, ended, remembered }: Omit<ReconcileRequest, 'ended'> & { readonly ended: readonly EndedRemediation[] },
): Promise<Map<string, string[]>> {
  const rows = await database.run({
    text: `SELECT c.name AS cluster, l.remediation_id AS id FROM mendloop.cluster c
           LEFT JOIN mendloop.claim l ON l.cluster = c.name AND l.status <> 'left' ORDER BY c.name`,
  });
  const known = new Map<string, string[]>();
  const of = (cluster: string) => {
    const ids = known.get(cluster) ?? [];
    known.set(cluster, ids);
    return ids;
  };
  for (const { cluster, id } of rows) if (cluster != null) of(cluster).push(...(id == null ? [] : [id]));
  const clusters = [
    ...open.map((remediation) => remediation.cluster),
    ...ended.map(({ asked }) => asked.cluster),
    ...(remembered?.pauses ?? []).map(({ cluster }) => cluster),
  ];
  for (const cluster of clusters) of(cluster);
  return known;
}
