/**
 * Admission and its outbox; a part of the schema `mendloop`. Times are epoch milliseconds.
 *
 * - `cluster`: one row for each; every change of a cluster's claims raises its `version`, which is what two processes that
 *   work on the same cluster at once meet at. It is locked before anything else of the cluster is written.
 * - `claim`: where a remediation stands, kept as a tombstone when it has left. `body` is the whole of it
 *   (`src/domain/admission/claim.ts`); the other columns repeat what is searched for.
 * - `claim_object`: what each claim wants or has. Two cannot have the same object.
 * - `target`, `act`, `turn`: what is remembered of a target, the changes that were made, whose turn it was. Changes are
 *   kept for as long as a precondition may ask for them.
 * - `ledger`, `reservation`: money. More than the day allows cannot be reserved.
 * - `outbox`: wake-ups that are owed, written in the commit that causes them.
 */
export const ADMISSION_TABLES = `
CREATE TABLE mendloop.installation (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  -- Which server, timeline and database this is, as this_server() tells.
  server text,
  -- Why nothing is admitted until the store was reconciled.
  restored text,
  -- How often it was reconciled.
  generation int NOT NULL DEFAULT 0
);
INSERT INTO mendloop.installation DEFAULT VALUES;

CREATE TABLE mendloop.cluster (
  name text PRIMARY KEY,
  version bigint NOT NULL DEFAULT 0,
  pause jsonb,
  -- When the next turn may be given, while many wait for one.
  pace bigint,
  recent jsonb NOT NULL DEFAULT '[]'
);

CREATE TABLE mendloop.claim (
  remediation_id text PRIMARY KEY,
  cluster text NOT NULL,
  body jsonb NOT NULL,
  -- When the sweep last asked whether its workflow runs.
  checked_at bigint NOT NULL DEFAULT 0,
  status text GENERATED ALWAYS AS (body ->> 'status') STORED,
  slot text GENERATED ALWAYS AS (body ->> 'slot') STORED,
  namespace text GENERATED ALWAYS AS (body ->> 'namespace') STORED,
  target text GENERATED ALWAYS AS (body ->> 'target') STORED,
  party text GENERATED ALWAYS AS (body ->> 'group') STORED,
  rank int GENERATED ALWAYS AS ((body ->> 'rank')::int) STORED,
  arrived bigint GENERATED ALWAYS AS ((body ->> 'arrived')::bigint) STORED,
  misses int GENERATED ALWAYS AS ((body ->> 'misses')::int) STORED,
  not_before bigint GENERATED ALWAYS AS ((body ->> 'notBefore')::bigint) STORED,
  offer_ends_at bigint GENERATED ALWAYS AS ((body ->> 'offerEndsAt')::bigint) STORED,
  left_at bigint GENERATED ALWAYS AS ((body #>> '{end,at}')::bigint) STORED,
  CHECK (status IN ('joined', 'queued', 'offered', 'held', 'left')),
  CHECK (status = 'left' OR slot IN ('none', 'wanted', 'offered', 'taken'))
);
CREATE INDEX claim_waits ON mendloop.claim (cluster, rank, arrived) WHERE status = 'queued' OR slot = 'wanted';
CREATE INDEX claim_line ON mendloop.claim (target, rank, arrived) WHERE status = 'queued';
CREATE INDEX claim_has_slot ON mendloop.claim (cluster) WHERE slot IN ('offered', 'taken');
CREATE INDEX claim_offered ON mendloop.claim (cluster) WHERE offer_ends_at IS NOT NULL;
CREATE INDEX claim_joined ON mendloop.claim (party, rank, arrived) WHERE status = 'joined';
CREATE INDEX claim_leads ON mendloop.claim (party) WHERE status IN ('queued', 'offered', 'held');
CREATE INDEX claim_lives ON mendloop.claim (checked_at) WHERE status <> 'left';
CREATE INDEX claim_left ON mendloop.claim (left_at) WHERE status = 'left';

CREATE TABLE mendloop.claim_object (
  object text NOT NULL,
  remediation_id text NOT NULL,
  taken boolean NOT NULL,
  PRIMARY KEY (object, remediation_id)
);
CREATE UNIQUE INDEX claim_object_one_holder ON mendloop.claim_object (object) WHERE taken;
CREATE INDEX claim_object_of ON mendloop.claim_object (remediation_id);

CREATE TABLE mendloop.target (
  name text PRIMARY KEY,
  cluster text NOT NULL,
  memory jsonb NOT NULL,
  -- From then on nothing of it matters.
  ends_at bigint NOT NULL,
  touched_at bigint NOT NULL
);
CREATE INDEX target_touched ON mendloop.target (cluster, touched_at);

CREATE TABLE mendloop.act (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster text NOT NULL,
  namespace text NOT NULL,
  target text NOT NULL,
  remediation_id text NOT NULL,
  action text NOT NULL,
  -- What it had locked, the target among it.
  objects text[] NOT NULL,
  at bigint NOT NULL
);
CREATE INDEX act_in_cluster ON mendloop.act (cluster, at);
CREATE INDEX act_in_namespace ON mendloop.act (cluster, namespace, at);

CREATE TABLE mendloop.turn (
  cluster text NOT NULL,
  namespace text NOT NULL,
  served bigint NOT NULL,
  PRIMARY KEY (cluster, namespace)
);

CREATE TABLE mendloop.ledger (
  budget text NOT NULL,
  scope_key text NOT NULL,
  version bigint NOT NULL DEFAULT 0,
  -- Without the reservations.
  body jsonb NOT NULL DEFAULT '{"recent": []}',
  ends_at bigint,
  PRIMARY KEY (budget, scope_key)
);

CREATE TABLE mendloop.reservation (
  budget text NOT NULL,
  scope_key text NOT NULL,
  remediation_id text NOT NULL,
  amount numeric NOT NULL CHECK (amount >= 0),
  daily numeric NOT NULL,
  since bigint NOT NULL,
  settle_ms bigint NOT NULL,
  committed_at bigint,
  -- Was spent before the store was restored: more than the day allows or not.
  reinstated boolean NOT NULL DEFAULT false,
  PRIMARY KEY (budget, scope_key, remediation_id)
);
CREATE INDEX reservation_of ON mendloop.reservation (remediation_id);

CREATE TABLE mendloop.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  receiver text NOT NULL,
  wake jsonb NOT NULL,
  due_at bigint NOT NULL,
  -- Another process is at it until then.
  claimed_until bigint NOT NULL DEFAULT 0
);
CREATE INDEX outbox_due ON mendloop.outbox (due_at, id);

CREATE FUNCTION mendloop.within_the_day() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  total numeric;
BEGIN
  SELECT coalesce((l.body #>> '{reading,usage}')::numeric, 0) + (
    SELECT sum(r.amount) FROM mendloop.reservation r WHERE r.budget = NEW.budget AND r.scope_key = NEW.scope_key
  ) INTO total
  FROM mendloop.ledger l WHERE l.budget = NEW.budget AND l.scope_key = NEW.scope_key;
  -- Amounts are whole millionths; what was measured is rounded on its way.
  IF total IS NULL OR total > NEW.daily + 0.00001 THEN
    RAISE EXCEPTION 'more than the day allows' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER within_the_day AFTER INSERT OR UPDATE OF amount ON mendloop.reservation
  FOR EACH ROW WHEN (NOT NEW.reinstated) EXECUTE FUNCTION mendloop.within_the_day();
`;

export const ADMISSION_GRANTS = `
GRANT SELECT, INSERT, UPDATE, DELETE ON
  mendloop.cluster, mendloop.claim, mendloop.claim_object, mendloop.target, mendloop.act, mendloop.turn,
  mendloop.ledger, mendloop.reservation, mendloop.outbox
TO mendloop_writer;
GRANT SELECT, UPDATE ON mendloop.installation TO mendloop_writer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mendloop TO mendloop_writer;
`;
