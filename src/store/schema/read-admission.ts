/**
 * `read_admission(cluster, ask)`: the scene (`src/domain/admission/scene.ts`) that operations work on, as JSON, of one
 * moment. `ask` has the operations' needs together, and the limits:
 *
 *     {"ids": [], "objects": [], "namespaces": [], "ledgers": [{"budget", "scopeKey"}], "leaves": 0, "everyHolder": false,
 *      "limits": {"maxConcurrent", "maxActionsPerHour", "windowMs"}, "now": null}
 *
 * It finds the claims asked for, who has what they want, who is first in line for it, who could have a turn now, who could
 * lead in their place, and those that have a turn on offer.
 */
export const READ_ADMISSION = `
CREATE FUNCTION mendloop.read_admission(p_cluster text, p_ask jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE
SET enable_seqscan = off AS $$
BEGIN RETURN (
WITH ask AS MATERIALIZED (
  SELECT
    coalesce((p_ask ->> 'now')::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now,
    (p_ask ->> 'leaves')::int + 1 AS successors,
    (p_ask #>> '{limits,maxConcurrent}')::int AS max_concurrent,
    (p_ask #>> '{limits,maxActionsPerHour}')::int AS max_per_hour,
    (p_ask #>> '{limits,windowMs}')::bigint AS window_ms
),
cluster AS MATERIALIZED (
  SELECT c.version, c.pause, c.pace, c.recent FROM mendloop.cluster c WHERE c.name = p_cluster
),
asked AS MATERIALIZED (
  SELECT c.* FROM mendloop.claim c
  WHERE c.remediation_id = ANY (ARRAY(SELECT jsonb_array_elements_text(p_ask -> 'ids')))
),
object AS MATERIALIZED (
  SELECT jsonb_array_elements_text(p_ask -> 'objects') AS name
  UNION
  SELECT o.object FROM mendloop.claim_object o WHERE o.remediation_id IN (SELECT remediation_id FROM asked)
),
holder AS MATERIALIZED (
  SELECT c.remediation_id, c.namespace, c.target, c.offer_ends_at FROM mendloop.claim c
  WHERE c.cluster = p_cluster AND c.slot IN ('offered', 'taken')
),
offered AS MATERIALIZED (
  SELECT c.remediation_id FROM mendloop.claim c WHERE c.cluster = p_cluster AND c.offer_ends_at IS NOT NULL
),
head AS MATERIALIZED (
  SELECT DISTINCT first.remediation_id FROM ask, object CROSS JOIN LATERAL (
    SELECT c.remediation_id FROM mendloop.claim_object o JOIN mendloop.claim c ON c.remediation_id = o.remediation_id
    WHERE o.object = object.name AND NOT o.taken AND c.not_before <= ask.now
    ORDER BY c.misses > 0, c.rank, c.arrived LIMIT ask.successors
  ) first
),
slots AS MATERIALIZED (
  SELECT (cluster.pause IS NULL OR (p_ask ->> 'everyHolder')::boolean) AND
    (SELECT count(*) FROM holder WHERE holder.offer_ends_at IS NULL OR holder.offer_ends_at > ask.now)
      - ask.successors + 1 < ask.max_concurrent AS are_free
  FROM ask LEFT JOIN cluster ON true
),
line AS MATERIALIZED (
  SELECT ready.remediation_id FROM (
    SELECT c.remediation_id, c.misses, c.rank, c.arrived,
      row_number() OVER (PARTITION BY c.misses > 0, c.rank, c.namespace ORDER BY c.arrived) AS round
    FROM ask, slots, mendloop.claim c
    WHERE c.cluster = p_cluster AND (c.status = 'queued' OR c.slot = 'wanted') AND c.not_before <= ask.now
      AND (slots.are_free OR c.slot <> 'wanted')
      AND (c.status = 'held' OR NOT EXISTS (
        SELECT FROM mendloop.claim_object mine JOIN mendloop.claim_object other ON other.object = mine.object
        WHERE mine.remediation_id = c.remediation_id AND other.taken
      ) AND NOT EXISTS (
        SELECT FROM mendloop.claim_object mine JOIN mendloop.claim_object theirs ON theirs.object = mine.object
        JOIN mendloop.claim other ON other.remediation_id = theirs.remediation_id
        WHERE mine.remediation_id = c.remediation_id AND NOT theirs.taken AND other.not_before <= ask.now
          AND (other.misses > 0, other.rank, other.arrived) < (c.misses > 0, c.rank, c.arrived)
      ))
  ) ready
  WHERE ready.round <= 8 ORDER BY ready.misses > 0, ready.rank, ready.round, ready.arrived LIMIT 500
),
candidate AS MATERIALIZED (
  SELECT remediation_id FROM line
  UNION SELECT remediation_id FROM head
  UNION SELECT remediation_id FROM asked WHERE status = 'queued' OR slot = 'wanted'
),
near AS MATERIALIZED (
  SELECT DISTINCT o.remediation_id FROM mendloop.claim_object o
  WHERE o.taken AND o.object IN (
    SELECT name FROM object
    UNION ALL
    SELECT wanted.object FROM mendloop.claim_object wanted JOIN candidate USING (remediation_id)
  )
),
party AS MATERIALIZED (
  SELECT DISTINCT c.party FROM mendloop.claim c
  WHERE c.remediation_id IN (
    SELECT remediation_id FROM asked UNION ALL SELECT remediation_id FROM near UNION ALL SELECT remediation_id FROM offered
    UNION ALL SELECT remediation_id FROM candidate
  ) AND c.party IS NOT NULL
),
follower AS MATERIALIZED (
  SELECT first.* FROM ask, party CROSS JOIN LATERAL (
    SELECT c.remediation_id, c.target, c.body -> 'locks' AS locks FROM mendloop.claim c
    WHERE c.party = party.party AND c.status = 'joined' ORDER BY c.rank, c.arrived LIMIT ask.successors
  ) first
),
seen AS MATERIALIZED (
  SELECT remediation_id FROM asked
  UNION SELECT remediation_id FROM candidate
  UNION SELECT remediation_id FROM near
  UNION SELECT remediation_id FROM offered
  UNION SELECT c.remediation_id FROM party JOIN mendloop.claim c
    ON c.party = party.party AND c.status IN ('queued', 'offered', 'held')
  UNION SELECT remediation_id FROM follower
  UNION SELECT o.remediation_id FROM follower
    CROSS JOIN LATERAL jsonb_array_elements_text(jsonb_build_array(follower.target) || follower.locks) wanted (object)
    JOIN mendloop.claim_object o ON o.object = wanted.object AND o.taken
  UNION SELECT holder.remediation_id FROM holder WHERE (p_ask ->> 'everyHolder')::boolean
),
claim AS MATERIALIZED (
  SELECT c.* FROM mendloop.claim c JOIN seen USING (remediation_id)
),
namespace AS MATERIALIZED (
  SELECT jsonb_array_elements_text(p_ask -> 'namespaces') AS name
  UNION SELECT claim.namespace FROM claim WHERE claim.namespace IS NOT NULL
),
ledger AS MATERIALIZED (
  SELECT l.* FROM mendloop.ledger l WHERE (l.budget, l.scope_key) IN (
    SELECT wanted ->> 'budget', wanted ->> 'scopeKey' FROM jsonb_array_elements(p_ask -> 'ledgers') wanted
    UNION ALL
    SELECT r.budget, r.scope_key FROM mendloop.reservation r
    WHERE r.remediation_id = ANY (ARRAY(SELECT jsonb_array_elements_text(p_ask -> 'ids')))
  )
)
SELECT jsonb_build_object(
  'now', ask.now,
  'version', coalesce((SELECT version FROM cluster), 0),
  'pause', (SELECT pause FROM cluster),
  'pace', (SELECT pace FROM cluster),
  'recent', coalesce((SELECT recent FROM cluster), '[]'),
  'load', jsonb_build_object(
    'hour', coalesce((
      SELECT jsonb_agg(newest.at) FROM (
        SELECT a.at FROM mendloop.act a WHERE a.cluster = p_cluster AND a.at > ask.now - 3600000
        ORDER BY a.at DESC LIMIT ask.max_per_hour
      ) newest
    ), '[]'),
    'acts', coalesce((
      SELECT jsonb_agg(jsonb_build_object('namespace', latest.namespace, 'target', latest.target, 'at', latest.at)) FROM (
        SELECT a.namespace, a.target, max(a.at) AS at FROM mendloop.act a
        WHERE a.cluster = p_cluster AND a.at > ask.now - ask.window_ms AND a.namespace IN (SELECT name FROM namespace)
        GROUP BY a.namespace, a.target
      ) latest
    ), '[]')
  ),
  'holders', coalesce((
    SELECT jsonb_agg(jsonb_build_object(
      'remediationId', holder.remediation_id, 'namespace', holder.namespace, 'target', holder.target
    )) FROM holder
  ), '[]'),
  'claims', coalesce((SELECT jsonb_agg(claim.body) FROM claim WHERE claim.status <> 'left'), '[]'),
  'tombstones', coalesce((SELECT jsonb_agg(claim.body) FROM claim WHERE claim.status = 'left'), '[]'),
  'candidates', coalesce((SELECT jsonb_agg(remediation_id) FROM candidate), '[]'),
  'waiting', coalesce((
    SELECT jsonb_object_agg(waiting.rank, waiting.count) FROM (
      SELECT c.rank, count(*) AS count FROM mendloop.claim c
      WHERE c.cluster = p_cluster AND (c.status = 'queued' OR c.slot = 'wanted') GROUP BY c.rank
    ) waiting
  ), '{}'),
  'lines', coalesce((
    SELECT jsonb_object_agg(line.target, line.ranks) FROM (
      SELECT waiting.target, jsonb_object_agg(waiting.rank, waiting.count) AS ranks FROM (
        SELECT c.target, c.rank, count(*) AS count FROM mendloop.claim c
        WHERE c.status = 'queued' AND c.target IN (SELECT name FROM object) GROUP BY c.target, c.rank
      ) waiting GROUP BY waiting.target
    ) line
  ), '{}'),
  'before', coalesce((
    SELECT jsonb_object_agg(asked.remediation_id, jsonb_build_object(
      'target', (
        SELECT count(*) FROM mendloop.claim c
        WHERE c.status = 'queued' AND c.target = asked.target AND (c.rank, c.arrived) < (asked.rank, asked.arrived)
      ),
      'cluster', (
        SELECT count(*) FROM mendloop.claim c
        WHERE c.cluster = p_cluster AND (c.status = 'queued' OR c.slot = 'wanted')
          AND (c.rank, c.arrived) < (asked.rank, asked.arrived)
      )
    )) FROM asked WHERE asked.status = 'queued' OR asked.slot = 'wanted'
  ), '{}'),
  'followers', coalesce((
    SELECT jsonb_object_agg(joined.party, joined.count) FROM (
      SELECT c.party, count(*) AS count FROM mendloop.claim c
      WHERE c.status = 'joined' AND c.party IN (SELECT party FROM party) GROUP BY c.party
    ) joined
  ), '{}'),
  'served', coalesce((
    SELECT jsonb_object_agg(t.namespace, t.served) FROM mendloop.turn t
    WHERE t.cluster = p_cluster AND t.namespace IN (SELECT name FROM namespace)
  ), '{}'),
  'memories', coalesce((
    SELECT jsonb_object_agg(t.name, t.memory) FROM mendloop.target t
    WHERE t.name IN (SELECT name FROM object UNION ALL SELECT claim.target FROM claim WHERE claim.target IS NOT NULL)
  ), '{}'),
  'ledgers', coalesce((
    SELECT jsonb_agg(jsonb_build_object(
      'budget', ledger.budget, 'scopeKey', ledger.scope_key, 'version', ledger.version,
      'state', ledger.body || jsonb_build_object('reservations', coalesce((
        SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'remediationId', r.remediation_id, 'amount', r.amount, 'daily', r.daily, 'since', r.since,
          'settleMs', r.settle_ms, 'committedAt', r.committed_at,
          'reinstated', CASE WHEN r.reinstated THEN true END
        )) ORDER BY r.since, r.remediation_id)
        FROM mendloop.reservation r WHERE r.budget = ledger.budget AND r.scope_key = ledger.scope_key
      ), '[]'))
    )) FROM ledger
  ), '[]')
) FROM ask
); END $$;
`;
