import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { Database } from '../database.ts';

/** Rows of one statement; a storm must not make one that runs into the time limit. */
const MAX_ROWS = 500;

interface Waiting {
  readonly records: readonly AuditRecord[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Appends what is asked for while an append is under way all at once after it: one turn at the log's end and one write to
 * the disk, however many wait. Alone, an append waits for nothing.
 */
export class AppendQueue {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  append(records: readonly AuditRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Settles when nothing is left to be appended. Never rejects. */
  async drain(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#insert(batch.flatMap(({ records }) => records));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = undefined;
  }

  /** As many callers as fit; at least one. */
  #nextBatch(): Waiting[] {
    let rows = 0;
    const end = this.#waiting.findIndex(({ records }, place) => {
      rows += records.length;
      return rows > MAX_ROWS && place > 0;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #insert(records: readonly AuditRecord[]): Promise<void> {
    await this.#database.run({
      text: `INSERT INTO mendloop_audit.record (key, kind, remediation_id, body)
             SELECT key, kind, remediation_id, body
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
               WITH ORDINALITY AS entry (key, kind, remediation_id, body, place)
             ORDER BY place
             ON CONFLICT (key) DO NOTHING`,
      values: [
        records.map(({ key }) => key),
        records.map(({ kind }) => kind),
        records.map(({ remediationId }) => remediationId),
        records.map(({ body }) => body),
      ],
    });
  }
}
