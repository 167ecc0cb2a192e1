import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { migratePostgres } from '../../../src/store/migrate.ts';
import { openAuditLog } from '../../../src/store/audit/open-audit-log.ts';
import { type AuditSettings, auditSchema } from '../../../src/config/audit-schema.ts';
import { startPostgres } from '../../../dev/stack/postgres-server.ts';
import { terminalProgress } from '../../../src/local/progress.ts';
import { ensurePostgres } from '../../../src/local/servers/postgres-programs.ts';
import { KEY } from '../../unit/audit/log-builder.ts';

process.env['MENDLOOP_TEST_AUDIT_KEY'] = KEY;
const signingKey = { env: 'MENDLOOP_TEST_AUDIT_KEY' };

/** Nothing here has to outlive a loss of power. */
const FAST = { fsync: 'off', full_page_writes: 'off' };

/** An empty audit log, and a way around every rule of it. */
export interface Place {
  readonly settings: AuditSettings;
  /** As the database's superuser, while nobody has the log open. Gives the last statement's rows. */
  admin(sql: string): Promise<Record<string, unknown>[]>;
}

/** A kind of database to keep audit logs in. */
export interface Bench extends AsyncDisposable {
  place(settings?: object): Promise<Place>;
}

export async function pgliteBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'mendloop-audit-'));
  const template = join(root, 'template');
  const settingsOf = (folder: string, more: object = {}) =>
    auditSchema.parse({ store: { type: 'embedded', folder }, signingKey, ...more });
  // Making a database takes seconds; a copy of it does not.
  await (await openAuditLog(settingsOf(template))).close();
  let count = 0;
  return {
    async place(more) {
      const folder = join(root, String((count += 1)));
      await cp(template, folder, { recursive: true });
      return {
        settings: settingsOf(folder, more),
        admin: async (sql) => {
          const db = await PGlite.create(join(folder, 'pgdata'));
          try {
            return (await db.exec(sql)).at(-1)?.rows ?? [];
          } finally {
            await db.close();
          }
        },
      };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

export interface PostgresBench extends Bench {
  readonly port: number;
  readonly superuser: { readonly user: string; readonly password: string };
  /** In the maintenance database. */
  server(sql: string): Promise<Record<string, unknown>[]>;
  in(database: string, sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Logins: `service` may write, `keeper` may have rows removed, `stranger` may nothing. */
export async function postgresBench(): Promise<PostgresBench> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-audit-'));
  const programs = await ensurePostgres({ progress: terminalProgress() });
  let server = await startPostgres({ programs, dataDir, settings: FAST });
  const { user, password, port } = server;
  process.env['MENDLOOP_TEST_PASSWORD'] = 'secret';
  process.env['PGPASSWORD'] = password;

  async function run(database: string, sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
    await client.connect();
    try {
      const result: unknown = await client.query(sql);
      const last = (Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult<Record<string, unknown>>;
      return last.rows;
    } finally {
      await client.end();
    }
  }
  const settingsOf = (database: string, more: object = {}) => {
    const login = { password: { env: 'MENDLOOP_TEST_PASSWORD' } };
    const store = { type: 'postgres', host: '127.0.0.1', port, database, user: 'service', ...login };
    const retention = { user: 'keeper', ...login };
    return auditSchema.parse({ store: { ...store, retention }, signingKey, timeoutSeconds: 10, ...more });
  };

  await run('postgres', 'CREATE DATABASE template');
  const { store } = settingsOf('template');
  if (store.type !== 'postgres') throw new Error('not PostgreSQL');
  await migratePostgres({ settings: store, timeoutSeconds: 10 }, { user });
  await run(
    'postgres',
    `CREATE ROLE service LOGIN PASSWORD 'secret' IN ROLE mendloop_writer;
     CREATE ROLE keeper LOGIN PASSWORD 'secret' IN ROLE mendloop_retention;
     CREATE ROLE stranger LOGIN PASSWORD 'secret'`,
  );
  let count = 0;
  return {
    port,
    superuser: { user, password },
    server: (sql) => run('postgres', sql),
    in: run,
    async place(more) {
      const database = `audit${(count += 1)}`;
      await run('postgres', `CREATE DATABASE ${database} TEMPLATE template`);
      return { settings: settingsOf(database, more), admin: (sql) => run(database, sql) };
    },
    stop: () => server.stop(),
    start: async () => {
      server = await startPostgres({ programs, dataDir, port, settings: FAST });
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
