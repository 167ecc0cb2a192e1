import type { AuditEntry, AuditRow } from '../../domain/audit/audit-entry.ts';
import { toAuditRow, toRecord } from '../../domain/audit/audit-record.ts';
import type { ChainPoint, ChainRow } from '../../domain/audit/chain.ts';
import { type Checkpoint, readCheckpoint, type VerifySignature } from '../../domain/audit/checkpoint.ts';
import type { AuditVerdict } from '../../domain/audit/verdict.ts';
import { AppendQueue } from './append-queue.ts';
import { forAudit } from './audit-unavailable.ts';
import type { AuditStore, ListQuery, Removal, RemovalOrder, VerifyOptions } from './audit-log.ts';
import type { Database, SqlRow, SqlValue } from '../database.ts';
import { lastRemovedOf, type ReadRows, verifyLog } from './verify-log.ts';
import { ROW_COLUMNS } from '../schema/audit.ts';

const MAX_LIST = 10_000;

export interface SqlAuditLogOptions {
  readonly database: Database;
  readonly verifySignature: VerifySignature;
}

/** The log in tables of a database: the same statements for PostgreSQL and PGlite. */
export class SqlAuditLog implements AuditStore {
  readonly #database: Database;
  readonly #verifySignature: VerifySignature;
  readonly #queue: AppendQueue;

  constructor({ database, verifySignature }: SqlAuditLogOptions) {
    this.#database = forAudit(database);
    this.#verifySignature = verifySignature;
    this.#queue = new AppendQueue(this.#database);
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length > 0) await this.#queue.append(entries.map(toRecord));
  }

  async list(query: ListQuery): Promise<AuditRow[]> {
    return (await this.#read(query)).map(toAuditRow);
  }

  async verify(options: VerifyOptions = {}): Promise<AuditVerdict> {
    return await verifyLog({
      ...options,
      verifySignature: this.#verifySignature,
      readRows: this.#readRows,
      shipments: () => this.#shipments(),
    });
  }

  async latest(kind: 'config' | 'policy', keyPrefix: string): Promise<AuditRow | undefined> {
    // The first condition is that of the index.
    const [row] = await this.#database.run({
      text: `SELECT ${ROW_COLUMNS} FROM mendloop_audit.record
             WHERE kind IN ('config', 'policy') AND kind = $1 AND starts_with(key, $2)
             ORDER BY record.seq DESC LIMIT 1`,
      values: [kind, keyPrefix],
    });
    return row === undefined ? undefined : toAuditRow(toChainRow(row));
  }

  async head(): Promise<ChainPoint | undefined> {
    return await this.#point('SELECT seq::text, hash FROM mendloop_audit.record ORDER BY record.seq DESC LIMIT 1');
  }

  async point(seq: number): Promise<ChainPoint | undefined> {
    return await this.#point('SELECT seq::text, hash FROM mendloop_audit.record WHERE seq = $1', [seq]);
  }

  async lastRemoved(): Promise<ChainPoint | null> {
    return await lastRemovedOf(this.#readRows, this.#verifySignature);
  }

  async lastExpired(days: number): Promise<ChainPoint | undefined> {
    // The beginning ends at its first young row, whatever stands behind that; if all are old, at the last.
    return await this.#point(
      `SELECT seq::text, hash FROM mendloop_audit.record
       WHERE seq < coalesce(
         (SELECT min(seq) FROM mendloop_audit.record
          WHERE recorded_at > clock_timestamp() - make_interval(days => $1)),
         9223372036854775807)
       ORDER BY record.seq DESC LIMIT 1`,
      [days],
    );
  }

  async remove({ through, keepDays, checkpoint }: Removal): Promise<number> {
    const { key, body } = toRecord(checkpoint);
    const [row] = await this.#database.run({
      text: 'SELECT mendloop_audit.remove_through($1, $2, $3, $4)::text AS removed',
      values: [through, keepDays, key, body],
      role: 'mendloop_retention',
    });
    return Number(row?.['removed']);
  }

  async orderRemoval(checkpoint: Checkpoint): Promise<void> {
    await this.#database.run({
      text: 'INSERT INTO mendloop_audit.removal_order (through, checkpoint) VALUES ($1, $2)',
      values: [checkpoint.removed?.seq ?? 0, JSON.stringify(checkpoint)],
    });
  }

  async removalOrders(): Promise<RemovalOrder[]> {
    const rows = await this.#database.run({
      text: 'SELECT through::text, checkpoint FROM mendloop_audit.removal_order o ORDER BY o.through, o.number LIMIT 1000',
    });
    return rows.map((row) => ({
      through: Number(text(row, 'through')),
      ...readCheckpoint(parsed(text(row, 'checkpoint')), this.#verifySignature),
    }));
  }

  async cursor(sink: string): Promise<ChainPoint | undefined> {
    return await this.#point(
      'SELECT seq::text, hash FROM mendloop_audit.shipment WHERE sink = $1 ORDER BY shipment.seq DESC LIMIT 1',
      [sink],
    );
  }

  async recordShipment(sink: string, { seq, hash }: ChainPoint): Promise<void> {
    await this.#database.run({
      text: `INSERT INTO mendloop_audit.shipment (sink, seq, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      values: [sink, seq, hash],
    });
  }

  async exclusively<T>(name: string, job: () => Promise<T>): Promise<T | undefined> {
    return await this.#database.exclusively(`mendloop_audit ${name}`, job);
  }

  async close(): Promise<void> {
    await this.#queue.drain();
    await this.#database.close();
  }

  async #point(text: string, values: readonly SqlValue[] = []): Promise<ChainPoint | undefined> {
    const [row] = await this.#database.run({ text, values });
    return row === undefined ? undefined : toPoint(row);
  }

  async #shipments() {
    const rows = await this.#database.run({
      text: 'SELECT sink, seq::text, hash FROM mendloop_audit.shipment ORDER BY shipment.seq',
    });
    return rows.map((row) => ({ ...toPoint(row), source: `the shipment to ${row['sink'] ?? ''}` }));
  }

  readonly #readRows: ReadRows = (query) => this.#read(query);

  async #read(query: ListQuery & { readonly kind?: string }): Promise<ChainRow[]> {
    const values: SqlValue[] = [];
    const conditions = (
      [
        ['seq >', query.afterSeq],
        ['remediation_id =', query.remediationId],
        ['kind =', query.kind],
        ['recorded_at >=', query.since],
      ] as const
    ).flatMap(([condition, value]) => (value === undefined ? [] : [`${condition} $${values.push(value)}`]));
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const limit = `$${values.push(Math.min(query.limit, MAX_LIST))}`;
    const text = `SELECT ${ROW_COLUMNS} FROM mendloop_audit.record ${where} ORDER BY record.seq LIMIT ${limit}`;
    return (await this.#database.run({ text, values })).map(toChainRow);
  }
}

function toChainRow(row: SqlRow): ChainRow {
  return {
    ...toPoint(row),
    recordedAt: text(row, 'recorded_at'),
    key: text(row, 'key'),
    kind: text(row, 'kind'),
    remediationId: row['remediation_id'] ?? null,
    body: text(row, 'body'),
    prevHash: text(row, 'prev_hash'),
  };
}

function toPoint(row: SqlRow): ChainPoint {
  return { seq: Number(text(row, 'seq')), hash: text(row, 'hash') };
}

/** Every login that may write can leave anything there. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A column that is not there, by tampering only, is for `verify` to judge. */
function text(row: SqlRow, column: string): string {
  return row[column] ?? '';
}
