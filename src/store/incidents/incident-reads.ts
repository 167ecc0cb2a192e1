import type { Alert } from '../../domain/alert/alert.ts';
import { alertIdentity, encodePart } from '../../domain/alert/remediation-id.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Database } from '../database.ts';
import { alertIn, INCIDENT_COLUMNS, toStored } from './incident-rows.ts';
import type { DueIncident, IncidentStore } from './incident-store.ts';

type Reader = Pick<Database, 'run'>;
type Request<Name extends keyof IncidentStore> = Parameters<IncidentStore[Name]>[0];

/** Alerts that are looked up in one statement. */
const MAX_LOOKUPS = 5000;

/** See `IncidentStore.recognise`. */
export async function recognise(database: Reader, { cluster, alerts }: Request<'recognise'>): Promise<boolean[]> {
  const found: boolean[] = [];
  for (let from = 0; from < alerts.length; from += MAX_LOOKUPS) {
    found.push(...(await recogniseSome(database, cluster, alerts.slice(from, from + MAX_LOOKUPS))));
  }
  return found;
}

async function recogniseSome(database: Reader, cluster: string, alerts: readonly Alert[]): Promise<boolean[]> {
  const identities = alerts.map((alert) => alertIdentity(cluster, alert));
  const rows = await database.run({
    text: `
      SELECT i.place::text
      FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS told (alert_name, fingerprint, place)
      CROSS JOIN LATERAL (
        SELECT told.place, newest.started, newest.end_heard_at, newest.outcome FROM mendloop.incident newest
        WHERE newest.cluster = $1 AND newest.alert_name = told.alert_name
          AND newest.fingerprint = told.fingerprint
        ORDER BY newest.n DESC LIMIT 1
      ) i
      WHERE i.started AND i.end_heard_at IS NULL AND i.outcome IS NULL`,
    values: [
      cluster,
      identities.map(({ alertName }) => encodePart(alertName)),
      identities.map(({ fingerprint }) => fingerprint),
    ],
  });
  const places = new Set(rows.map((row) => Number(row['place'])));
  return identities.map((_identity, index) => places.has(index + 1));
}

/** See `IncidentStore.find`. */
export async function findIncident(database: Reader, remediationId: string): Promise<Incident | undefined> {
  const text = `SELECT ${INCIDENT_COLUMNS} FROM mendloop.incident i WHERE i.remediation_id = $1`;
  const [row] = await database.run({ text, values: [remediationId] });
  return row === undefined ? undefined : toStored(row)?.incident;
}

/** See `IncidentStore.due`. */
export async function findDue(database: Reader, { cluster, now, limit }: Request<'due'>): Promise<DueIncident[]> {
  const rows = await database.run({
    text: `
      SELECT ${INCIDENT_COLUMNS}, i.alert FROM mendloop.incident i
      WHERE i.cluster = $1 AND i.enter_again_at <= $2::bigint AND i.end_heard_at IS NULL AND i.alert IS NOT NULL
      ORDER BY i.enter_again_at, i.remediation_id LIMIT $3::int`,
    values: [cluster, String(now), String(limit)],
  });
  return rows.flatMap((row): DueIncident[] => {
    const [stored, alert] = [toStored(row), alertIn(row)];
    return stored === undefined || alert === undefined ? [] : [{ incident: stored.incident, alert }];
  });
}

/** See `IncidentStore.unended`. */
export async function findUnended(
  database: Reader,
  { openedBefore, after = '', limit }: Request<'unended'>,
): Promise<Incident[]> {
  const rows = await database.run({
    text: `
      SELECT ${INCIDENT_COLUMNS} FROM mendloop.incident i
      WHERE i.outcome IS NULL AND i.opened_at < $1::bigint AND i.remediation_id > $2
      ORDER BY i.remediation_id LIMIT $3::int`,
    values: [String(openedBefore), after, String(limit)],
  });
  return rows.flatMap((row): Incident | [] => toStored(row)?.incident ?? []);
}
