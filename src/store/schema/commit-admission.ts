/**
 * `restored_because(known)`: why nothing may be admitted before the store was reconciled; null if it may. `known` is a place
 * in the audit log, `{"seq", "hash", "generation"}`, that the caller has seen; or null.
 *
 * `commit_admission(cluster, ask, change)`: writes a change (`src/domain/admission/scene.ts`) in one commit, if the cluster
 * and the ledgers still have the versions that were read. Gives
 *
 *     {"status": "committed", "messages": [{"id", "to", "wake", "dueAt"}], "head": {"seq", "hash", "generation"}}
 *     {"status": "conflict", "scene": ...}    what `read_admission(cluster, ask)` gives now: work it out again
 *     {"status": "restored", "reason": ...}   the store is not the one that the caller knows
 *     {"status": "reconciled"}                another process was faster
 *
 * `change` has, beside the members of a `Change`: `known`, as above; `claimUntil`, until when the caller sends the messages
 * itself, or null; `whileRestored`, to be written although the store is not reconciled; `epochsBelow`, of what reconciles it: every later
 * epoch is larger; else null.
 *
 * Locks are taken in one order: the cluster, the ledgers by name, claims and the rest, incidents by their IDs, the end of
 * the audit log. Each statement of a function sees what was committed before it began. What a change does not have is not
 * asked for: a statement costs a tenth of a millisecond also where it writes nothing, and most changes are of one claim.
 */
export const COMMIT_ADMISSION = `
-- A failover, or a restore of a whole server, goes on in another timeline; a dump that is restored, in another database or
-- other tables. The server is empty where it does not tell.
CREATE FUNCTION mendloop.this_server() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  server text := '';
BEGIN
  BEGIN
    server := (SELECT s.system_identifier::text FROM pg_control_system() s) || '/' ||
      left(pg_walfile_name(pg_current_wal_lsn()), 8);
  EXCEPTION WHEN OTHERS THEN
    NULL;
  END;
  RETURN server || '/' || (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) || '/' ||
    'mendloop.installation'::regclass::oid;
END $$;

CREATE FUNCTION mendloop.restored_because(p_known jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  why text;
  known_server text;
  actual_server text;
  generation int;
BEGIN
  SELECT i.restored, i.server, i.generation INTO why, known_server, generation FROM mendloop.installation i;
  IF why IS NOT NULL THEN
    RETURN why;
  END IF;
  -- Whatever makes another server of it breaks every session.
  IF current_setting('mendloop.server_checked', true) IS DISTINCT FROM generation::text THEN
    actual_server := mendloop.this_server();
    IF known_server IS NULL THEN
      UPDATE mendloop.installation SET server = actual_server;
    ELSIF known_server <> actual_server THEN
      why := 'another server has taken over, or another timeline or database of it';
    END IF;
  END IF;
  IF why IS NULL AND (p_known ->> 'generation')::int > generation THEN
    why := 'it was reconciled since';
  ELSIF why IS NULL AND (p_known ->> 'generation')::int = generation AND NOT EXISTS (
    SELECT FROM mendloop_audit.record r WHERE r.seq = (p_known ->> 'seq')::bigint AND r.hash = p_known ->> 'hash'
  ) AND coalesce((SELECT min(r.seq) FROM mendloop_audit.record r), 0) <= (p_known ->> 'seq')::bigint THEN
    why := 'row ' || (p_known ->> 'seq') || ' of the audit log, which was appended, is not there';
  END IF;
  IF why IS NOT NULL THEN
    UPDATE mendloop.installation SET restored = why WHERE restored IS NULL;
    RETURN why;
  END IF;
  PERFORM set_config('mendloop.server_checked', generation::text, false);
  RETURN NULL;
END $$;

CREATE FUNCTION mendloop.head() RETURNS jsonb LANGUAGE sql STABLE AS $$
SELECT jsonb_build_object('seq', r.seq, 'hash', r.hash, 'generation', i.generation)
FROM mendloop_audit.record r, mendloop.installation i ORDER BY r.seq DESC LIMIT 1
$$;

CREATE FUNCTION mendloop.commit_admission(p_cluster text, p_ask jsonb, p_change jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  present bigint;
  why text;
  now bigint := (p_change ->> 'now')::bigint;
  touched text[];
  reconciles boolean := p_change ->> 'epochsBelow' IS NOT NULL;
  ended jsonb := '[]';
  messages jsonb := '[]';
BEGIN
  SELECT c.version INTO present FROM mendloop.cluster c WHERE c.name = p_cluster FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO mendloop.cluster (name) VALUES (p_cluster) ON CONFLICT DO NOTHING;
    SELECT c.version INTO present FROM mendloop.cluster c WHERE c.name = p_cluster FOR UPDATE;
  END IF;
  why := mendloop.restored_because(nullif(p_change -> 'known', 'null'));
  IF why IS NOT NULL AND NOT (p_change ->> 'whileRestored')::boolean THEN
    RETURN jsonb_build_object('status', 'restored', 'reason', why);
  END IF;
  IF reconciles AND why IS NULL THEN
    RETURN jsonb_build_object('status', 'reconciled');
  END IF;
  IF present <> (p_change ->> 'version')::bigint THEN
    RETURN jsonb_build_object('status', 'conflict', 'scene', mendloop.read_admission(p_cluster, p_ask));
  END IF;
  IF jsonb_array_length(p_change -> 'ledgers') > 0 THEN
    INSERT INTO mendloop.ledger (budget, scope_key)
    SELECT l ->> 'budget', l ->> 'scopeKey' FROM jsonb_array_elements(p_change -> 'ledgers') l ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    PERFORM FROM mendloop.ledger o WHERE (o.budget, o.scope_key) IN (
      SELECT l ->> 'budget', l ->> 'scopeKey' FROM jsonb_array_elements(p_change -> 'ledgers') l
    ) ORDER BY o.budget, o.scope_key FOR UPDATE;
    IF EXISTS (
      SELECT FROM jsonb_array_elements(p_change -> 'ledgers') l JOIN mendloop.ledger o
        ON o.budget = l ->> 'budget' AND o.scope_key = l ->> 'scopeKey'
      WHERE o.version <> (l ->> 'version')::bigint
    ) THEN
      RETURN jsonb_build_object('status', 'conflict', 'scene', mendloop.read_admission(p_cluster, p_ask));
    END IF;
  END IF;

  UPDATE mendloop.cluster SET
    version = CASE WHEN reconciles THEN greatest(version + 1000000, (p_change ->> 'epochsBelow')::bigint + 1)
      ELSE version + 1 END,
    pause = nullif(p_change -> 'pause', 'null'), pace = (p_change ->> 'pace')::bigint, recent = p_change -> 'recent'
  WHERE name = p_cluster;

  touched := ARRAY(
    SELECT c ->> 'remediationId' FROM jsonb_array_elements(p_change -> 'claims') c
    UNION ALL SELECT jsonb_array_elements_text(p_change -> 'removed')
  );
  IF cardinality(touched) > 0 THEN
    DELETE FROM mendloop.claim_object WHERE remediation_id = ANY (touched);
    IF jsonb_array_length(p_change -> 'removed') > 0 THEN
      DELETE FROM mendloop.claim
      WHERE remediation_id = ANY (ARRAY(SELECT jsonb_array_elements_text(p_change -> 'removed')));
    END IF;
    INSERT INTO mendloop.claim (remediation_id, cluster, body)
    SELECT c ->> 'remediationId', p_cluster, c FROM jsonb_array_elements(p_change -> 'claims') c
    ON CONFLICT (remediation_id) DO UPDATE SET cluster = excluded.cluster, body = excluded.body;
    INSERT INTO mendloop.claim_object (object, remediation_id, taken)
    SELECT DISTINCT o.object, c ->> 'remediationId', c ->> 'status' IN ('held', 'offered')
    FROM jsonb_array_elements(p_change -> 'claims') c
    CROSS JOIN LATERAL jsonb_array_elements_text(jsonb_build_array(c -> 'target') || (c -> 'locks')) o (object)
    WHERE c ->> 'status' IN ('queued', 'offered', 'held');
  END IF;

  IF jsonb_array_length(p_change -> 'shares') > 0 THEN
    WITH shared AS (
      UPDATE mendloop.claim c SET body = jsonb_build_object(
        'remediationId', c.remediation_id, 'status', 'left',
        'end', jsonb_build_object('at', now, 'outcome', s -> 'outcome', 'text', s -> 'text', 'leader', s -> 'leader')
      )
      FROM jsonb_array_elements(p_change -> 'shares') s WHERE c.party = s ->> 'group' AND c.status = 'joined'
      RETURNING c.remediation_id
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'to', shared.remediation_id, 'wake', '{"kind": "ended"}'::jsonb, 'dueAt', now
    )), '[]') INTO ended FROM shared;
  END IF;

  IF jsonb_array_length(p_change -> 'acts') > 0 THEN
    INSERT INTO mendloop.act (cluster, namespace, target, remediation_id, action, objects, at)
    SELECT p_cluster, a ->> 'namespace', a ->> 'target', a ->> 'remediationId', a ->> 'action',
      ARRAY(SELECT jsonb_array_elements_text(a -> 'objects')), (a ->> 'at')::bigint
    FROM jsonb_array_elements(p_change -> 'acts') a;
  END IF;

  IF jsonb_array_length(p_change -> 'served') > 0 THEN
    INSERT INTO mendloop.turn (cluster, namespace, served)
    SELECT p_cluster, t ->> 'namespace', (t ->> 'served')::bigint FROM jsonb_array_elements(p_change -> 'served') t
    ON CONFLICT (cluster, namespace) DO UPDATE SET served = excluded.served;
  END IF;

  IF jsonb_array_length(p_change -> 'memories') > 0 THEN
    INSERT INTO mendloop.target (name, cluster, memory, ends_at, touched_at)
    SELECT m ->> 'target', p_cluster, m -> 'memory', (m ->> 'endsAt')::bigint, now
    FROM jsonb_array_elements(p_change -> 'memories') m
    ON CONFLICT (name) DO UPDATE SET
      memory = excluded.memory, ends_at = excluded.ends_at, touched_at = excluded.touched_at;
  END IF;

  IF jsonb_array_length(p_change -> 'ledgers') > 0 THEN
    UPDATE mendloop.ledger o SET
      version = o.version + 1, body = (l -> 'state') - 'reservations', ends_at = (l ->> 'endsAt')::bigint
    FROM jsonb_array_elements(p_change -> 'ledgers') l WHERE o.budget = l ->> 'budget' AND o.scope_key = l ->> 'scopeKey';
    DELETE FROM mendloop.reservation r USING jsonb_array_elements(p_change -> 'ledgers') l
    WHERE r.budget = l ->> 'budget' AND r.scope_key = l ->> 'scopeKey' AND NOT EXISTS (
      SELECT FROM jsonb_array_elements(l #> '{state,reservations}') kept WHERE kept ->> 'remediationId' = r.remediation_id
    );
    INSERT INTO mendloop.reservation AS r
      (budget, scope_key, remediation_id, amount, daily, since, settle_ms, committed_at, reinstated)
    SELECT l ->> 'budget', l ->> 'scopeKey', n ->> 'remediationId', (n ->> 'amount')::numeric, (n ->> 'daily')::numeric,
      (n ->> 'since')::bigint, round((n ->> 'settleMs')::numeric)::bigint, (n ->> 'committedAt')::bigint,
      coalesce((n ->> 'reinstated')::boolean, false)
    FROM jsonb_array_elements(p_change -> 'ledgers') l, jsonb_array_elements(l #> '{state,reservations}') n
    ON CONFLICT (budget, scope_key, remediation_id) DO UPDATE SET
      amount = excluded.amount, daily = excluded.daily, since = excluded.since, settle_ms = excluded.settle_ms,
      committed_at = excluded.committed_at
    WHERE (r.amount, r.daily, r.committed_at) IS DISTINCT FROM (excluded.amount, excluded.daily, excluded.committed_at);
  END IF;

  IF jsonb_array_length((p_change -> 'messages') || ended) > 0 THEN
    WITH message AS (
      INSERT INTO mendloop.outbox (receiver, wake, due_at, claimed_until)
      SELECT m ->> 'to', m -> 'wake', (m ->> 'dueAt')::bigint,
        CASE WHEN p_change ->> 'claimUntil' IS NULL THEN 0
          ELSE greatest((p_change ->> 'claimUntil')::bigint, (m ->> 'dueAt')::bigint + 1000) END
      FROM jsonb_array_elements((p_change -> 'messages') || ended) m
      RETURNING id, receiver, wake, due_at
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', message.id, 'to', message.receiver, 'wake', message.wake, 'dueAt', message.due_at
    ) ORDER BY message.id), '[]') INTO messages FROM message;
  END IF;

  IF jsonb_array_length(p_change -> 'endings') > 0 THEN
    WITH ending AS (
      SELECT e ->> 'remediationId' AS remediation_id, e ->> 'outcome' AS outcome,
        (e ->> 'enterAgainAt')::bigint AS enter_again_at
      FROM jsonb_array_elements(p_change -> 'endings') e
    ), locked AS (
      SELECT i.remediation_id FROM mendloop.incident i WHERE i.remediation_id IN (SELECT remediation_id FROM ending)
      ORDER BY i.remediation_id FOR UPDATE
    )
    UPDATE mendloop.incident i SET
      started = true, outcome = ending.outcome, ended_at = now, version = i.version + 1,
      enter_again_at = CASE WHEN NOT EXISTS (
        SELECT FROM mendloop.incident newer
        WHERE newer.cluster = i.cluster AND newer.alert_name = i.alert_name AND newer.fingerprint = i.fingerprint
          AND newer.n > i.n
      ) THEN ending.enter_again_at END
    FROM locked JOIN ending USING (remediation_id)
    -- A run that is reset after its end ends once more, and decides nothing by that.
    WHERE i.remediation_id = locked.remediation_id AND (i.outcome IS NULL OR i.outcome = 'lost');
  END IF;

  IF jsonb_array_length(p_change -> 'audit') > 0 THEN
    INSERT INTO mendloop_audit.record (key, kind, remediation_id, body)
    SELECT a ->> 'key', a ->> 'kind', a ->> 'remediationId', a ->> 'body'
    FROM jsonb_array_elements(p_change -> 'audit') WITH ORDINALITY entry (a, place) ORDER BY entry.place
    ON CONFLICT (key) DO NOTHING;
  END IF;
  RETURN jsonb_build_object('status', 'committed', 'messages', messages, 'head', mendloop.head());
END $$;
`;
