import type { Claim } from '../../domain/admission/claim.ts';
import { HOUR_MS, type Pause } from '../../domain/guards/cluster-limits.ts';
import type { ClusterHold } from '../../domain/guards/cluster-view.ts';
import type { LedgerState } from '../../domain/guards/ledger-state.ts';
import { ledgerView } from '../../domain/guards/ledger-view.ts';
import type { GuardOverview, LedgerReading, TargetReading } from '../../domain/guards/overview.ts';
import type { RecentEntry } from '../../domain/guards/recent.ts';
import { NEW_MEMORY, type TargetMemory } from '../../domain/guards/target-memory.ts';
import { type TargetHoldView, targetView } from '../../domain/guards/target-view.ts';
import type { CommitParts } from '../admission/commit.ts';

/** Targets, ledgers and remediations in line that are shown. */
const MAX_SHOWN = 200;
const MAX_IN_LINE = 2000;

interface StoredTarget {
  readonly name: string;
  readonly memory: TargetMemory | null;
  readonly holder: Claim | null;
  readonly queue: readonly Claim[] | null;
  readonly joined: number;
}

interface StoredOverview {
  readonly now: number;
  readonly pause: Pause | null;
  readonly recent: readonly RecentEntry[] | null;
  readonly holders: readonly Claim[] | null;
  readonly queue: readonly Claim[] | null;
  readonly acts: number;
  readonly targets: readonly StoredTarget[] | null;
  readonly ledgers: readonly { readonly budget: string; readonly scope: string; readonly state: LedgerState }[] | null;
}

/** What guards a cluster, of one moment. @throws MendloopError `StoreUnavailable`. */
export async function readOverview(options: CommitParts & { readonly cluster: string }): Promise<GuardOverview> {
  const { database, cluster, limits, now: clock } = options;
  const [row] = await database.run({
    text: OVERVIEW,
    values: [
      cluster,
      clock === undefined ? null : String(Math.floor(clock())),
      String(MAX_SHOWN + 1),
      String(MAX_IN_LINE),
    ],
    prepare: 'guard_overview',
  });
  const stored = JSON.parse(row?.['overview'] ?? '') as StoredOverview;
  const { now, pause, recent, holders, queue, acts, targets, ledgers } = stored;
  const state = {
    ...{ at: now, limits, actionsInLastHour: acts, recent: recent ?? [] },
    ...(pause === null ? {} : { paused: pause }),
    ...{ holders: (holders ?? []).map(toClusterHold), queue: (queue ?? []).map(toClusterHold) },
  };
  return {
    cluster,
    guard: { state },
    targets: (targets ?? []).slice(0, MAX_SHOWN).map((target) => toTargetReading(target, now)),
    ledgers: (ledgers ?? [])
      .slice(0, MAX_SHOWN)
      .map(({ budget, scope, state: ledger }): LedgerReading => ({ budget, scope, state: ledgerView(ledger, now) })),
    truncated: [targets, ledgers].some((all) => (all?.length ?? 0) > MAX_SHOWN),
  };
}

function toClusterHold({ remediationId, namespace, target, since }: Claim): ClusterHold {
  return { remediationId, namespace, target, since };
}

function toTargetReading({ name, memory, holder, queue, joined }: StoredTarget, now: number): TargetReading {
  const shown = (queue ?? []).map(toTargetHold);
  const places = { queue: shown, joined, ...(holder === null ? {} : { holder: toTargetHold(holder) }) };
  return { target: name, state: targetView(memory ?? NEW_MEMORY, places, now) };
}

function toTargetHold({ remediationId, action, since, lendsSince }: Claim): TargetHoldView {
  return { remediationId, action, since, ...(lendsSince === undefined ? {} : { yieldsSince: lendsSince }) };
}

const OVERVIEW = `
WITH moment AS (
  SELECT coalesce($2::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now
), live AS (
  SELECT c.remediation_id, c.target, c.status, c.rank, c.arrived, c.slot, c.body FROM mendloop.claim c
  WHERE c.cluster = $1 AND c.status <> 'left'
), shown AS (
  SELECT name, max(touched_at) AS touched_at, bool_or(is_live) AS is_live FROM (
    SELECT t.name, t.touched_at, false AS is_live FROM mendloop.target t, moment
    WHERE t.cluster = $1 AND t.ends_at > moment.now
    UNION ALL
    SELECT live.target, (live.body ->> 'since')::bigint, true FROM live
  ) every GROUP BY name ORDER BY is_live DESC, touched_at DESC LIMIT $3::int
)
SELECT jsonb_build_object(
  'now', moment.now,
  'pause', (SELECT c.pause FROM mendloop.cluster c WHERE c.name = $1),
  'recent', (SELECT c.recent FROM mendloop.cluster c WHERE c.name = $1),
  'holders', (SELECT jsonb_agg(live.body ORDER BY live.arrived) FROM live WHERE live.slot = 'taken'),
  'queue', (
    SELECT jsonb_agg(waiting.body ORDER BY waiting.rank, waiting.arrived) FROM (
      SELECT live.body, live.rank, live.arrived FROM live
      WHERE live.status IN ('queued', 'offered') OR live.slot IN ('wanted', 'offered')
      ORDER BY live.rank, live.arrived LIMIT $4::int
    ) waiting
  ),
  'acts', (SELECT count(*) FROM mendloop.act a WHERE a.cluster = $1 AND a.at > moment.now - ${HOUR_MS}),
  'targets', (
    SELECT jsonb_agg(jsonb_build_object(
      'name', shown.name,
      'memory', (SELECT t.memory FROM mendloop.target t WHERE t.name = shown.name),
      'holder', (
        SELECT live.body FROM live JOIN mendloop.claim_object o ON o.remediation_id = live.remediation_id
        WHERE o.object = shown.name AND o.taken AND live.status = 'held' LIMIT 1
      ),
      'queue', (
        SELECT jsonb_agg(live.body ORDER BY live.rank, live.arrived) FROM live
        WHERE live.target = shown.name AND live.status IN ('queued', 'offered')
      ),
      'joined', (SELECT count(*) FROM live WHERE live.target = shown.name AND live.status = 'joined')
    ) ORDER BY shown.is_live DESC, shown.touched_at DESC, shown.name) FROM shown
  ),
  'ledgers', (
    SELECT jsonb_agg(ledger.reading ORDER BY ledger.budget, ledger.scope_key) FROM (
      SELECT l.budget, l.scope_key, jsonb_build_object(
        'budget', l.budget, 'scope', l.scope_key,
        'state', l.body || jsonb_build_object('reservations', coalesce((
          SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'remediationId', r.remediation_id, 'amount', r.amount, 'daily', r.daily, 'since', r.since,
            'settleMs', r.settle_ms, 'committedAt', r.committed_at
          )) ORDER BY r.since, r.remediation_id)
          FROM mendloop.reservation r WHERE r.budget = l.budget AND r.scope_key = l.scope_key
        ), '[]'))
      ) AS reading
      FROM mendloop.ledger l WHERE l.ends_at IS NULL OR l.ends_at > moment.now
      ORDER BY l.budget, l.scope_key LIMIT $3::int
    ) ledger
  )
)::text AS overview FROM moment`;
