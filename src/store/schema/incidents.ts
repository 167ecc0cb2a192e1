/**
 * Incidents, and the alerts that no rule wants; a part of the schema `mendloop`. Times are epoch milliseconds: of an alert
 * by its sender's clock, else by that of the process that writes.
 *
 * - `incident`: one row for each spell in which an alert fires. Its `version` is what two processes that judge the same
 *   alert at once meet at; the next incident of an alert is opened only together with a change of the one before.
 *   `alert` is what the alert said when it was opened, kept for as long as it may have to be entered again.
 * - `unhandled`: one row for each kind of alert that no rule wants, and why.
 */
export const INCIDENTS = `
CREATE TABLE mendloop.incident (
  remediation_id text PRIMARY KEY,
  cluster text NOT NULL,
  -- As it stands in the ID.
  alert_name text NOT NULL,
  fingerprint text NOT NULL,
  n int NOT NULL CHECK (n > 0),
  last_start bigint NOT NULL,
  end_heard_at bigint,
  started boolean NOT NULL DEFAULT false,
  end_told boolean NOT NULL DEFAULT false,
  outcome text,
  ended_at bigint,
  enter_again_at bigint,
  alert text,
  opened_at bigint NOT NULL,
  version int NOT NULL DEFAULT 0,
  UNIQUE (cluster, alert_name, fingerprint, n),
  CHECK ((outcome IS NULL) = (ended_at IS NULL)),
  CHECK (enter_again_at IS NULL OR ended_at IS NOT NULL)
);
CREATE INDEX incident_due ON mendloop.incident (cluster, enter_again_at) WHERE enter_again_at IS NOT NULL;
CREATE INDEX incident_unended ON mendloop.incident (remediation_id) WHERE outcome IS NULL;

CREATE TABLE mendloop.unhandled (
  -- Hash of cluster, name, rule and reason, which together are longer than an index takes.
  key text PRIMARY KEY,
  cluster text NOT NULL,
  alert_name text NOT NULL,
  rule text NOT NULL,
  reason text NOT NULL,
  count bigint NOT NULL,
  first_seen bigint NOT NULL,
  last_seen bigint NOT NULL,
  -- Of the last one: a JSON object of texts.
  labels text NOT NULL
);
CREATE INDEX unhandled_last_seen ON mendloop.unhandled (last_seen);

GRANT SELECT, INSERT, UPDATE ON mendloop.incident, mendloop.unhandled TO mendloop_writer;
GRANT DELETE ON mendloop.unhandled TO mendloop_writer;
GRANT SELECT, DELETE ON mendloop.incident TO mendloop_retention;
`;
