/** Appenders take turns by this lock: only one at a time knows what the last row is. */
const APPEND_LOCK = 0x6d656e64;

/** As it is hashed: RFC 3339 in UTC with microseconds. */
const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** A row as it is stored, every column as text: the same from every client, whatever it makes of numbers and times. */
export const ROW_COLUMNS = [
  'seq::text',
  `${instant('recorded_at')} AS recorded_at`,
  'key',
  'kind',
  'remediation_id',
  'body',
  'prev_hash',
  'hash',
].join(', ');

/**
 * The audit log, in a schema of its own. Who may do what is all in here:
 *
 * - `mendloop_writer` reads, and inserts what it has to say. Number, time and hashes come from the trigger, whatever is
 *   inserted; nothing can be updated or deleted.
 * - `mendloop_retention` reads, and may have rows removed that are older than 90 days, from the beginning of the log
 *   only, leaving a checkpoint. It cannot delete by itself.
 *
 * Only the trigger looks for the last row, after it has waited for its turn: in READ COMMITTED every statement of a
 * function sees what was committed before it began.
 */
export const AUDIT = `
CREATE SCHEMA mendloop_audit;

CREATE TABLE mendloop_audit.record (
  seq bigint PRIMARY KEY,
  recorded_at timestamptz NOT NULL,
  key text NOT NULL UNIQUE,
  kind text NOT NULL,
  remediation_id text,
  body text NOT NULL,
  prev_hash text NOT NULL,
  hash text NOT NULL
);
CREATE INDEX record_recorded_at ON mendloop_audit.record (recorded_at);
CREATE INDEX record_remediation ON mendloop_audit.record USING hash (remediation_id);
CREATE INDEX record_checkpoint ON mendloop_audit.record (seq) WHERE kind = 'checkpoint';
CREATE INDEX record_settings ON mendloop_audit.record (seq) WHERE kind IN ('config', 'policy');

-- How far each place that the log is sent to has come: only ever added to.
CREATE TABLE mendloop_audit.shipment (
  sink text NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  shipped_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (sink, seq)
);

-- Rows that may go, as signed checkpoints say: where retention runs apart from the signer, it carries these out.
CREATE TABLE mendloop_audit.removal_order (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  through bigint NOT NULL,
  checkpoint text NOT NULL
);

CREATE FUNCTION mendloop_audit.chain() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  head record;
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(${APPEND_LOCK});
  SELECT seq, hash INTO head FROM mendloop_audit.record ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(head.seq, 0) + 1;
  NEW.prev_hash := coalesce(head.hash, repeat('0', 64));
  NEW.recorded_at := clock_timestamp();
  NEW.hash := encode(sha256(convert_to(
    concat_ws(E'\\n', NEW.prev_hash, NEW.seq, ${instant('NEW.recorded_at')}, NEW.body), 'UTF8')), 'hex');
  RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON mendloop_audit.record FOR EACH ROW EXECUTE FUNCTION mendloop_audit.chain();

-- Appends the checkpoint and removes the rows that it says are removed, together or not at all.
CREATE FUNCTION mendloop_audit.remove_through(through bigint, keep_days int, checkpoint_key text, checkpoint_body text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  removed bigint;
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(${APPEND_LOCK});
  IF keep_days IS NULL OR keep_days < 90 THEN
    RAISE EXCEPTION 'the audit log is kept for at least 90 days' USING ERRCODE = 'check_violation';
  END IF;
  IF (checkpoint_body::json #>> '{data,removed,seq}')::bigint IS DISTINCT FROM through THEN
    RAISE EXCEPTION 'the checkpoint tells of other rows' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT FROM mendloop_audit.record
    WHERE seq <= through AND recorded_at > clock_timestamp() - make_interval(days => keep_days)
  ) THEN
    RAISE EXCEPTION 'some of these rows are younger' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO mendloop_audit.record (key, kind, body) VALUES (checkpoint_key, 'checkpoint', checkpoint_body);
  DELETE FROM mendloop_audit.record WHERE seq <= through;
  GET DIAGNOSTICS removed = ROW_COUNT;
  DELETE FROM mendloop_audit.removal_order o WHERE o.through <= remove_through.through;
  DELETE FROM mendloop_audit.shipment s
  WHERE s.seq <= through AND EXISTS (SELECT FROM mendloop_audit.shipment n WHERE n.sink = s.sink AND n.seq > s.seq);
  RETURN removed;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA mendloop_audit FROM PUBLIC;
GRANT USAGE ON SCHEMA mendloop_audit TO mendloop_writer, mendloop_retention;
GRANT SELECT ON ALL TABLES IN SCHEMA mendloop_audit TO mendloop_writer, mendloop_retention;
GRANT INSERT (key, kind, remediation_id, body) ON mendloop_audit.record TO mendloop_writer;
GRANT INSERT (through, checkpoint) ON mendloop_audit.removal_order TO mendloop_writer;
GRANT INSERT (sink, seq, hash) ON mendloop_audit.shipment TO mendloop_writer;
GRANT EXECUTE ON FUNCTION mendloop_audit.remove_through TO mendloop_retention;
`;
