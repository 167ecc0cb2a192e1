import { PGlite } from '@electric-sql/pglite';
import type { Database, SqlRow } from '../../../src/store/database.ts';
import { storeUnavailable } from '../../../src/store/database-failure.ts';
import { migrate } from '../../../src/store/migrate.ts';

/** A database in memory, with a way around every rule of it. */
export interface MemoryDatabase extends Database, AsyncDisposable {
  admin(sql: string): Promise<Record<string, unknown>[]>;
  /** As it was when it was made, which takes seconds. */
  empty(): Promise<void>;
}

/** The schema in PGlite, which is PostgreSQL, without a disk. */
export async function memoryDatabase(): Promise<MemoryDatabase> {
  const db = await PGlite.create();
  await migrate(async (text) => (await db.exec(text)).at(-1)?.rows ?? []);
  await db.exec('SET ROLE mendloop_writer');
  const admin: MemoryDatabase['admin'] = async (sql) => {
    const results = await db.exec(`RESET ROLE; ${sql}; SET ROLE mendloop_writer`);
    return results.at(-2)?.rows ?? [];
  };
  const tables = await admin(`
    SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS names FROM pg_tables
    WHERE schemaname IN ('mendloop', 'mendloop_audit') AND tablename NOT IN ('installation', 'schema_version')`);
  return {
    admin,
    empty: async () => {
      await admin(`
        TRUNCATE ${String(tables[0]?.['names'])};
        UPDATE mendloop.installation SET server = NULL, restored = NULL, generation = 0;
        SELECT set_config('mendloop.server_checked', '', false);
        SELECT mendloop.restored_because(NULL)`);
    },
    run: async ({ text, values = [], role = 'mendloop_writer' }) => {
      try {
        return await db.transaction(async (transaction) => {
          if (role !== 'mendloop_writer') await transaction.exec(`SET LOCAL ROLE ${role}`);
          return (await transaction.query<SqlRow>(text, [...values])).rows;
        });
      } catch (error) {
        throw storeUnavailable(error);
      }
    },
    exclusively: (_name, job) => job(),
    close: () => db.close(),
    [Symbol.asyncDispose]: () => db.close(),
  };
}
