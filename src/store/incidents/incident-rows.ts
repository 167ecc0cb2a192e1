import type { Alert } from '../../domain/alert/alert.ts';
import { parseRemediationId } from '../../domain/alert/parse-remediation-id.ts';
import { defined } from '../../domain/defined.ts';
import type { Incident, IncidentEnd } from '../../domain/incident/incident.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import type { SqlRow } from '../database.ts';

/** A row with the version by which a change of it is known to meet no other. */
export interface StoredIncident {
  readonly incident: Incident;
  readonly version: number;
}

/** Columns that `toStored` reads, of a table that is called `i`. */
export const INCIDENT_COLUMNS = [
  'i.remediation_id',
  'i.last_start::text',
  'i.end_heard_at::text',
  'i.started::text',
  'i.end_told::text',
  'i.outcome',
  'i.ended_at::text',
  'i.enter_again_at::text',
  'i.version::text',
].join(', ');

/** Undefined for a row that is none of ours. */
export function toStored(row: SqlRow): StoredIncident | undefined {
  const remediationId = row['remediation_id'] ?? '';
  const identity = parseRemediationId(remediationId);
  if (identity === undefined) return undefined;
  const incident: Incident = {
    ...identity,
    remediationId,
    lastStart: Number(row['last_start']),
    started: row['started'] === 'true',
    endTold: row['end_told'] === 'true',
    ...defined({ endHeardAt: numberIn(row, 'end_heard_at'), ended: endIn(row) }),
  };
  return { incident, version: Number(row['version']) };
}

function endIn(row: SqlRow): IncidentEnd | undefined {
  const [outcome, at] = [row['outcome'], numberIn(row, 'ended_at')];
  if (outcome == null || at === undefined) return undefined;
  return { outcome: outcomeOf(outcome), at, ...defined({ enterAgainAt: numberIn(row, 'enter_again_at') }) };
}

/** An outcome that a later version knows is as good as none said. */
function outcomeOf(text: string): IncidentEnd['outcome'] {
  return Object.values(Outcome).find((known) => known === text) ?? 'lost';
}

function numberIn(row: SqlRow, column: string): number | undefined {
  const value = row[column];
  return value == null ? undefined : Number(value);
}

/** As it was written by `JSON.stringify`; undefined where it is not kept any more. */
export function alertIn(row: SqlRow): Alert | undefined {
  const text = row['alert'];
  return text == null ? undefined : (JSON.parse(text) as Alert);
}
