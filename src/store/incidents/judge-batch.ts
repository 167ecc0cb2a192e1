import { MendloopError } from '../../domain/failures.ts';
import type { Judgement } from '../../domain/incident/judge.ts';
import type { Database } from '../database.ts';
import { type StoredIncident, toStored } from './incident-rows.ts';
import { type OpenAfter, probe, settle } from './incident-statements.ts';
import {
  type AlertToJudge,
  byAlert,
  judgeAlert,
  type JudgedAlert,
  openingOf,
  type RowChange,
  type ToJudge,
} from './judge-rows.ts';

/** A judgement that met another is made again; each time at least one of those that met has gone through. */
const MAX_ROUNDS = 30;

/**
 * Judges a batch on the rows of its alerts: they are read, judged outside of any lock, and written by one statement that
 * checks that they are what they were. Most alerts never had an incident: their first is opened by the statement that
 * reads, and takes one commit.
 *
 * @throws MendloopError `StoreUnavailable`.
 */
export async function judgeBatch(
  database: Pick<Database, 'run'>,
  batch: readonly ToJudge[],
): Promise<readonly Judgement[]> {
  const judgements = new Array<Judgement>(batch.length);
  let pending = byAlert(batch);
  for (let round = 0; pending.length > 0; round += 1) {
    if (round === MAX_ROUNDS) {
      throw new MendloopError('StoreUnavailable', 'other processes judge the same alerts again and again');
    }
    const { judged, met } = await judgeOnce(database, pending);
    for (const { place, judgement } of judged) judgements[place] = judgement;
    pending = met;
  }
  return judgements;
}

interface Round {
  readonly judged: JudgedAlert['judged'];
  /** Another process was faster: to be judged anew. */
  readonly met: AlertToJudge[];
}

async function judgeOnce(database: Pick<Database, 'run'>, alerts: readonly AlertToJudge[]): Promise<Round> {
  const openings = new Map(alerts.map((alert) => [alert.key, openingOf(alert)]));
  const rows = [...openings.values()].flatMap((opening) => opening?.row ?? []);
  const { opened, stored } = readProbe(await database.run(probe(alerts, rows)));

  const judged: JudgedAlert['judged'][] = [];
  const met: AlertToJudge[] = [];
  const known: { alert: AlertToJudge; stored: StoredIncident }[] = [];
  for (const alert of alerts) {
    const opening = openings.get(alert.key);
    const row = stored.get(alert.key);
    if (row !== undefined) known.push({ alert, stored: row });
    else if (opening === undefined) judged.push(alert.entries.map(({ place }) => ({ place, judgement: NO_INCIDENT })));
    else if (!opened.has(alert.key)) met.push(alert);
    else {
      judged.push(opening.judged);
      if (opening.rest.length === 0) continue;
      known.push({
        alert: { ...alert, entries: opening.rest },
        stored: { incident: opening.row.incident, version: 0 },
      });
    }
  }
  const { judged: more, met: again } = await judgeKnown(database, known);
  return { judged: [...judged.flat(), ...more], met: [...met, ...again] };
}

/** Of what is told of an alert without any incident, only that it fires means something. */
const NO_INCIDENT: Judgement = { verdict: 'ignore' };

async function judgeKnown(
  database: Pick<Database, 'run'>,
  known: readonly { readonly alert: AlertToJudge; readonly stored: StoredIncident }[],
): Promise<Round> {
  const all = known.map(({ alert, stored }) => ({ alert, answer: judgeAlert(alert, stored) }));
  const toWrite = all.flatMap(({ answer }) =>
    answer.change === undefined ? [] : { ...answer, change: answer.change },
  );
  const written = await write(database, toWrite);
  const isWritten = ({ change, opened }: JudgedAlert) =>
    change === undefined || [change, ...opened].every(({ incident }) => written.has(incident.remediationId));
  return {
    judged: all.filter(({ answer }) => isWritten(answer)).flatMap(({ answer }) => answer.judged),
    met: all.filter(({ answer }) => !isWritten(answer)).map(({ alert }) => alert),
  };
}

function readProbe(rows: Awaited<ReturnType<Database['run']>>) {
  const opened = new Set<string>();
  const stored = new Map<string, StoredIncident>();
  for (const row of rows) {
    const key = row['key'] ?? '';
    const incident = toStored(row);
    if (row['opened'] === 'true') opened.add(key);
    else if (incident !== undefined) stored.set(key, incident);
  }
  return { opened, stored };
}

/** Gives the IDs of the incidents that were still what they had been, and of those that were opened after them. */
async function write(
  database: Pick<Database, 'run'>,
  judged: readonly (JudgedAlert & { readonly change: RowChange })[],
): Promise<ReadonlySet<string>> {
  if (judged.length === 0) return new Set();
  const changes = judged.map(({ change }) => change);
  const opened = judged.flatMap(({ change, opened: rows }) =>
    rows.map((row): OpenAfter => ({ ...row, previous: change.incident.remediationId })),
  );
  const rows = await database.run(settle(changes, opened));
  return new Set(rows.flatMap((row) => row['remediation_id'] ?? []));
}
