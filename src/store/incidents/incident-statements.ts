import { encodePart } from '../../domain/alert/remediation-id.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { SqlValue, Statement } from '../database.ts';
import { INCIDENT_COLUMNS } from './incident-rows.ts';
import type { AlertToJudge, RowChange, RowToOpen } from './judge-rows.ts';

/**
 * Evaluated for a row that is written, it lets the commit not wait for the disk: an incident that a loss of power takes is
 * found by its workflow, which is started after the commit and is what a 2xx stands for.
 */
const RELAXED = `set_config('synchronous_commit', 'off', true)`;

const text = (value: number | boolean | undefined) => (value === undefined ? null : String(value));

const NEW_COLUMNS = 'remediation_id, cluster, alert_name, fingerprint, n, last_start, end_heard_at, alert, opened_at';

/** Lists of `NEW_COLUMNS`, each row in one place. */
function newRows(rows: readonly RowToOpen[]): SqlValue[] {
  const column = (of: (incident: Incident, row: RowToOpen) => string | null) =>
    rows.map((row) => of(row.incident, row));
  return [
    column(({ remediationId }) => remediationId),
    column(({ cluster }) => cluster),
    column(({ alertName }) => encodePart(alertName)),
    column(({ fingerprint }) => fingerprint),
    column(({ n }) => text(n)),
    column(({ lastStart }) => text(lastStart)),
    column(({ endHeardAt }) => text(endHeardAt)),
    column(({ endHeardAt }, row) => (endHeardAt === undefined ? row.text : null)),
    column((_incident, row) => text(row.now)),
  ];
}

/** `unnest` of what `newRows` gives, from the parameter with this number on. */
function unnestNew(first: number): string {
  const types = ['text', 'text', 'text', 'text', 'int', 'bigint', 'bigint', 'text', 'bigint'];
  return `unnest(${types.map((type, index) => `$${first + index}::${type}[]`).join(', ')})`;
}

/**
 * The newest incident of each alert; of alerts that never had one, those of `fresh` are opened. Gives `key`, and either
 * `opened` or the columns of the incident; nothing for an alert without one, and for one whose first incident another
 * process opens at this moment.
 *
 * Rows are inserted in the order given: two processes that insert the same ones wait for each other, never in a circle.
 */
export function probe(alerts: readonly AlertToJudge[], fresh: readonly RowToOpen[]): Statement {
  return {
    prepare: 'incidents-probe',
    text: `
      WITH opened AS (
        INSERT INTO mendloop.incident (${NEW_COLUMNS})
        SELECT ${NEW_COLUMNS} FROM ${unnestNew(5)} WITH ORDINALITY AS fresh (${NEW_COLUMNS}, place) ORDER BY place
        ON CONFLICT DO NOTHING
        RETURNING remediation_id, ${RELAXED}
      )
      SELECT remediation_id AS key, 'true' AS opened, NULL AS remediation_id, NULL AS last_start, NULL AS end_heard_at,
        NULL AS started, NULL AS end_told, NULL AS outcome, NULL AS ended_at, NULL AS enter_again_at, NULL AS version
      FROM opened
      UNION ALL
      SELECT told.key, 'false', ${INCIDENT_COLUMNS}
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS told (key, cluster, alert_name, fingerprint)
      CROSS JOIN LATERAL (
        SELECT * FROM mendloop.incident newest
        WHERE newest.cluster = told.cluster AND newest.alert_name = told.alert_name
          AND newest.fingerprint = told.fingerprint
        ORDER BY newest.n DESC LIMIT 1
      ) i`,
    values: [
      alerts.map(({ key }) => key),
      alerts.map(({ identity }) => identity.cluster),
      alerts.map(({ identity }) => encodePart(identity.alertName)),
      alerts.map(({ identity }) => identity.fingerprint),
      ...newRows(fresh),
    ],
  };
}

/**
 * Writes what was judged, where the rows still have their versions: changes, and the incidents that follow on one that
 * was changed. Gives the `remediation_id` of each row that was written.
 *
 * Rows are locked in the order of their IDs, before any is changed.
 */
export function settle(changes: readonly RowChange[], opened: readonly OpenAfter[]): Statement {
  return {
    prepare: 'incidents-settle',
    text: `
      WITH change AS (
        SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::boolean[])
          AS change (remediation_id, version, last_start, end_heard_at, is_superseded)
      ), held AS (
        SELECT i.remediation_id FROM mendloop.incident i JOIN change USING (remediation_id)
        WHERE i.version = change.version ORDER BY i.remediation_id FOR UPDATE OF i
      ), changed AS (
        UPDATE mendloop.incident i SET
          last_start = change.last_start,
          end_heard_at = change.end_heard_at,
          enter_again_at = CASE WHEN NOT change.is_superseded THEN i.enter_again_at END,
          alert = CASE WHEN NOT change.is_superseded AND change.end_heard_at IS NULL THEN i.alert END,
          version = i.version + 1
        FROM change JOIN held USING (remediation_id)
        WHERE i.remediation_id = change.remediation_id AND i.version = change.version
        RETURNING i.remediation_id, ${RELAXED}
      ), opened AS (
        INSERT INTO mendloop.incident (${NEW_COLUMNS})
        SELECT ${NEW_COLUMNS} FROM ROWS FROM (unnest($6::text[]), ${unnestNew(7)}) WITH ORDINALITY
          AS next (previous, ${NEW_COLUMNS}, place)
        WHERE previous IN (SELECT remediation_id FROM changed)
        ORDER BY place
        ON CONFLICT DO NOTHING
        RETURNING remediation_id
      )
      SELECT remediation_id FROM changed UNION ALL SELECT remediation_id FROM opened`,
    values: [
      changes.map(({ incident }) => incident.remediationId),
      changes.map(({ version }) => text(version)),
      changes.map(({ incident }) => text(incident.lastStart)),
      changes.map(({ incident }) => text(incident.endHeardAt)),
      changes.map(({ isSuperseded }) => text(isSuperseded)),
      opened.map(({ previous }) => previous),
      ...newRows(opened),
    ],
  };
}

/** Opened only if the incident before it could be changed. */
export type OpenAfter = RowToOpen & { readonly previous: string };
