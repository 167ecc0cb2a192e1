import { lostEntry } from '../../domain/audit/lost-entry.ts';
import { toRecord } from '../../domain/audit/audit-record.ts';
import { parseRemediationId } from '../../domain/alert/parse-remediation-id.ts';
import { encodePart } from '../../domain/alert/remediation-id.ts';
import type { Judgement } from '../../domain/incident/judge.ts';
import { BatchQueue } from '../batch-queue.ts';
import type { Database } from '../database.ts';
import { findDue, findIncident, findUnended, recognise } from './incident-reads.ts';
import type { IncidentStore } from './incident-store.ts';
import { judgeBatch } from './judge-batch.ts';
import { toJudge, type ToJudge } from './judge-rows.ts';

/** Alerts that are judged in one statement, and characters of them: a storm must not make one that runs into the time limit. */
const MAX_ALERTS = 500;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** The incidents in a table of the store's database; every call is one statement, or a few. */
export class SqlIncidentStore implements IncidentStore {
  readonly #database: Pick<Database, 'run'>;
  readonly #queue: BatchQueue<readonly ToJudge[], readonly Judgement[]>;

  constructor(database: Pick<Database, 'run'>) {
    this.#database = database;
    this.#queue = new BatchQueue<readonly ToJudge[], readonly Judgement[]>({
      run: async (deliveries) => {
        const judgements = await judgeBatch(database, deliveries.flat());
        let from = 0;
        return deliveries.map(({ length }) => judgements.slice(from, (from += length)));
      },
      weigh: (entries) => weightOf(entries),
      maxWeight: 1,
    });
  }

  readonly judgeDelivery: IncidentStore['judgeDelivery'] = async ({ cluster, delivered, now }) => {
    const entries = delivered.map((one) => toJudge(cluster, one, now));
    const judgements: Judgement[] = [];
    for (const part of parts(entries)) judgements.push(...(await this.#queue.ask(part)));
    return judgements;
  };

  readonly recognise: IncidentStore['recognise'] = (request) => recognise(this.#database, request);
  readonly find: IncidentStore['find'] = (id) => findIncident(this.#database, id);
  readonly due: IncidentStore['due'] = (request) => findDue(this.#database, request);
  readonly unended: IncidentStore['unended'] = (request) => findUnended(this.#database, request);

  readonly mark: IncidentStore['mark'] = async ({ started, endTold }) => {
    const rows = await this.#database.run({
      text: `
        WITH held AS (
          SELECT remediation_id FROM mendloop.incident
          WHERE remediation_id = ANY ($1::text[] || $2::text[]) ORDER BY remediation_id FOR UPDATE
        ), marked AS (
          UPDATE mendloop.incident i SET
            started = i.started OR i.remediation_id = ANY ($1::text[]),
            end_told = i.end_told OR i.remediation_id = ANY ($2::text[])
          FROM held WHERE i.remediation_id = held.remediation_id
          RETURNING i.remediation_id, i.end_heard_at, i.end_told
        )
        SELECT remediation_id, end_heard_at::text FROM marked WHERE end_heard_at IS NOT NULL AND NOT end_told`,
      values: [[...started], [...endTold]],
    });
    return rows.map((row) => ({
      remediationId: row['remediation_id'] ?? '',
      endHeardAt: Number(row['end_heard_at']),
    }));
  };

  readonly recordEnd: IncidentStore['recordEnd'] = async ({ remediationId: id, outcome, at, enterAgainAt }) => {
    const identity = parseRemediationId(id);
    if (identity === undefined) return;
    const { cluster, alertName, fingerprint, n } = identity;
    // A store that lost its last commits may not have the row: the number must not be given again.
    await this.#database.run({
      text: `
        INSERT INTO mendloop.incident AS i
          (remediation_id, cluster, alert_name, fingerprint, n, last_start, started, outcome, ended_at, opened_at,
           enter_again_at)
        VALUES ($1, $2, $3, $4, $5::int, $6::bigint, true, $7, $6::bigint, $6::bigint, NULL)
        ON CONFLICT (remediation_id) DO UPDATE SET
          started = true,
          outcome = excluded.outcome,
          ended_at = excluded.ended_at,
          enter_again_at = CASE WHEN NOT EXISTS (
            SELECT FROM mendloop.incident newer
            WHERE newer.cluster = i.cluster AND newer.alert_name = i.alert_name
              AND newer.fingerprint = i.fingerprint AND newer.n > i.n
          ) THEN $8::bigint END,
          version = i.version + 1`,
      values: [
        ...[id, cluster, encodePart(alertName), fingerprint, String(n), String(at), outcome],
        enterAgainAt === undefined ? null : String(enterAgainAt),
      ],
    });
  };

  readonly recordLost: IncidentStore['recordLost'] = async ({ remediationIds, at }) => {
    if (remediationIds.length === 0) return [];
    const rows = await this.#database.run({
      text: `
        WITH held AS (
          SELECT remediation_id FROM mendloop.incident
          WHERE remediation_id = ANY ($1::text[]) AND outcome IS NULL ORDER BY remediation_id FOR UPDATE
        ), lost AS (
          UPDATE mendloop.incident i SET
            outcome = 'lost', ended_at = $2::bigint, enter_again_at = $2::bigint, version = i.version + 1
          FROM held WHERE i.remediation_id = held.remediation_id AND i.outcome IS NULL
          RETURNING i.remediation_id
        ), audited AS (
          INSERT INTO mendloop_audit.record (key, kind, remediation_id, body)
          SELECT e.key, e.kind, e.remediation_id, e.body
          FROM jsonb_to_recordset($3::jsonb) AS e (key text, kind text, remediation_id text, body text)
          JOIN lost ON lost.remediation_id = e.remediation_id ORDER BY e.remediation_id
          ON CONFLICT (key) DO NOTHING
        )
        SELECT remediation_id FROM lost`,
      values: [[...remediationIds], String(at), JSON.stringify(rowsOf(remediationIds, at))],
    });
    return rows.flatMap((row) => row['remediation_id'] ?? []);
  };

  readonly postpone: IncidentStore['postpone'] = async ({ remediationIds, until }) => {
    if (remediationIds.length === 0) return;
    await this.#database.run({
      text: `
        WITH held AS (
          SELECT remediation_id FROM mendloop.incident
          WHERE remediation_id = ANY ($1::text[]) AND enter_again_at IS NOT NULL ORDER BY remediation_id FOR UPDATE
        )
        UPDATE mendloop.incident i SET enter_again_at = $2::bigint, version = version + 1
        FROM held WHERE i.remediation_id = held.remediation_id AND i.enter_again_at IS NOT NULL`,
      values: [[...remediationIds], String(until)],
    });
  };

  readonly forget: IncidentStore['forget'] = async ({ openedBefore }) => {
    const rows = await this.#database.run({
      text: `
        WITH gone AS (
          DELETE FROM mendloop.incident i
          WHERE i.opened_at < $1::bigint AND i.outcome IS NOT NULL AND EXISTS (
            SELECT FROM mendloop.incident newer
            WHERE newer.cluster = i.cluster AND newer.alert_name = i.alert_name
              AND newer.fingerprint = i.fingerprint AND newer.n > i.n
          )
          RETURNING 1
        )
        SELECT count(*)::text AS removed FROM gone`,
      values: [String(openedBefore)],
      role: 'mendloop_retention',
    });
    return Number(rows[0]?.['removed']);
  };

  readonly close: IncidentStore['close'] = async () => {
    await this.#queue.drain();
  };
}

/** Of a batch's weight of 1. */
function weightOf(entries: readonly ToJudge[]): number {
  const characters = entries.reduce((sum, { text }) => sum + text.length, 0);
  return Math.max(entries.length / MAX_ALERTS, characters / MAX_CHARACTERS);
}

function* parts(entries: readonly ToJudge[]): Generator<readonly ToJudge[]> {
  for (let from = 0; from < entries.length; from += MAX_ALERTS) yield entries.slice(from, from + MAX_ALERTS);
}

/** What the audit log says of those that are lost, in the commit that ends them. */
function rowsOf(remediationIds: readonly string[], at: number) {
  return remediationIds.map((remediationId) => {
    const { key, kind, body } = toRecord(lostEntry({ remediationId, at: new Date(at).toISOString() }));
    return { key, kind, remediation_id: remediationId, body };
  });
}
