import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Database, Statement } from '../database.ts';
import { storeUnavailable, codeOf } from '../database-failure.ts';
import { migrate } from '../migrate.ts';
import { durable } from './durable-fs.ts';
import { openSession } from './pglite-session.ts';

/** The database as one process has it open. */
export interface PgliteDatabase extends Pick<Database, 'run' | 'close'> {
  /** Nothing will work any more. */
  readonly isBroken: boolean;
}

/** Statements between two vacuums: PGlite has no autovacuum, and rows of admission change often. */
const VACUUM_EVERY = 5000;

/**
 * The database of a folder that this process alone has open; made where there is none yet, which takes a few seconds.
 * Statements run one after the other, each as the role that it needs. PGlite computes without a pause in the thread that
 * calls it.
 */
export async function openPgliteDatabase(folder: string): Promise<PgliteDatabase> {
  const db = await PGlite.create(durable(join(folder, 'pgdata')));
  try {
    await migrate(async (text) => (await db.exec(text)).at(-1)?.rows ?? []);
    await db.exec('GRANT MAINTAIN ON ALL TABLES IN SCHEMA mendloop TO mendloop_writer');
    await db.exec('SET ROLE mendloop_writer');
  } catch (error) {
    await db.close();
    throw error;
  }
  const query = openSession(db);
  const [tables] = await query({
    text: `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS names FROM pg_tables WHERE schemaname = 'mendloop'`,
  });
  const vacuum = `VACUUM (ANALYZE) ${tables?.['names'] ?? ''}`;
  let statements = 0;
  let isBroken = false;
  /** The session is one: what begins while a transaction is open would be part of it. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = last.then(job);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function runAs({ role = 'mendloop_writer', ...statement }: Statement) {
    if (role === 'mendloop_writer') return await query(statement);
    await db.exec(`BEGIN; SET LOCAL ROLE ${role}`);
    try {
      const rows = await query(statement);
      await db.exec('COMMIT');
      return rows;
    } catch (error) {
      await db.exec('ROLLBACK');
      throw error;
    }
  }

  return {
    get isBroken() {
      return isBroken;
    },
    async run(statement) {
      try {
        statements += 1;
        const rows = inTurn(() => runAs(statement));
        // What it does not clear away today it does later.
        if (statements % VACUUM_EVERY === 0) void inTurn(() => db.exec(vacuum)).catch(() => undefined);
        return await rows;
      } catch (error) {
        // PostgreSQL itself says what is wrong by a code; anything else means that its process is beyond use.
        if (codeOf(error) === undefined) isBroken = true;
        throw storeUnavailable(error);
      }
    },
    close: () => inTurn(() => db.close()),
  };
}
