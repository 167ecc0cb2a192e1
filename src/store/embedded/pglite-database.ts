import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import type { Database, SqlRow, SqlValue } from '../database.ts';
import { storeUnavailable, codeOf } from '../database-failure.ts';
import { migrate } from '../migrate.ts';
import { durable } from './durable-fs.ts';

/** A database that may have to be opened anew. */
export interface EmbeddedBackend extends Database {
  /** Nothing will work any more. */
  readonly isBroken: boolean;
}

/** Statements between two vacuums: PGlite has no autovacuum, and rows of admission change often. */
const VACUUM_EVERY = 5000;

/**
 * The database of a folder that this process alone has open; made where there is none yet, which takes a few seconds.
 * Statements run one after the other, each as the role that it needs.
 */
export async function openPgliteDatabase(folder: string): Promise<EmbeddedBackend> {
  const db = await PGlite.create(durable(join(folder, 'pgdata')));
  try {
    await migrate(async (text) => (await db.exec(text)).at(-1)?.rows ?? []);
    await db.exec('GRANT MAINTAIN ON ALL TABLES IN SCHEMA mendloop TO mendloop_writer');
    await db.exec('SET ROLE mendloop_writer');
  } catch (error) {
    await db.close();
    throw error;
  }
  const running = new Set<string>();
  const tables = await db.query<{ names: string }>(
    `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS names FROM pg_tables WHERE schemaname = 'mendloop'`,
  );
  const vacuum = `VACUUM (ANALYZE) ${tables.rows[0]?.names ?? ''}`;
  let statements = 0;
  let isBroken = false;

  async function query(text: string, values: readonly SqlValue[]): Promise<SqlRow[]> {
    statements += 1;
    // Waits for its turn as any other statement; what it does not clear away today it does later.
    if (statements % VACUUM_EVERY === 0) void db.exec(vacuum).catch(() => undefined);
    return (await db.query<SqlRow>(text, [...values])).rows;
  }

  return {
    get isBroken() {
      return isBroken;
    },
    async run({ text, values = [], role = 'mendloop_writer' }) {
      // PGlite computes in this thread without a pause: statement after statement would let nothing else happen.
      await nextTurn();
      try {
        if (role === 'mendloop_writer') return await query(text, values);
        return await db.transaction(async (transaction) => {
          await transaction.exec(`SET LOCAL ROLE ${role}`);
          return (await transaction.query<SqlRow>(text, [...values])).rows;
        });
      } catch (error) {
        // PostgreSQL itself says what is wrong by a code; anything else means that its process is beyond use.
        if (codeOf(error) === undefined) isBroken = true;
        throw storeUnavailable(error);
      }
    },
    async exclusively(name, job) {
      if (running.has(name)) return undefined;
      running.add(name);
      try {
        return await job();
      } finally {
        running.delete(name);
      }
    },
    close: () => db.close(),
  };
}
