import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type PostgresServer, startPostgres } from '../../../dev/stack/postgres-server.ts';
import { ProcessExited, terminalProgress } from '../../../dev/stack/index.ts';
import { ensurePostgres } from '../../../src/local/servers/postgres-programs.ts';

/** Nothing here has to outlive a loss of power; what a process has committed outlives its crash all the same. */
const FAST = { fsync: 'off', full_page_writes: 'off' };

/** A server that was killed leaves processes behind, which hold its data folder until they notice. */
const RESTART_ATTEMPTS = 50;

const DATABASE = 'mendloop';
const SERVICE = { user: 'service', password: 'secret' };

/** Where an installation keeps its store. */
export interface StorePlace {
  /** `audit` of the settings. */
  readonly settings: Record<string, unknown>;
  /** Of every process that uses the store. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

export type Row = Readonly<Record<string, unknown>>;

/** A PostgreSQL server, and a way around every rule of its store. */
export interface PostgresPlace extends StorePlace {
  /** As the superuser; gives the rows of the last statement. */
  sql(text: string): Promise<readonly Row[]>;
  /** Ends the server as a crash would, with all its sessions. */
  crash(): Promise<void>;
  /** Starts it again, on the same port and data. */
  restart(): Promise<void>;
}

/** One folder, which the API and the worker share. */
export function embeddedPlace(directory: string): StorePlace {
  const settings = { store: { type: 'embedded', folder: join(directory, 'store') } };
  return { settings, env: {}, stop: () => Promise.resolve() };
}

/** Runs `mendloop audit migrate` with these settings and variables. */
export type Migrate = (place: Pick<StorePlace, 'settings' | 'env'>) => Promise<void>;

/** A server with a database of its own, prepared as an operator does it: by `mendloop audit migrate` and one login. */
export async function startPostgresPlace(migrate: Migrate): Promise<PostgresPlace> {
  // Not below a folder that only this user may enter: the server may run as another one.
  const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-postgres-'));
  const programs = await ensurePostgres({ progress: terminalProgress() });
  const start = (port?: number) =>
    startPostgres({ programs, dataDir, settings: FAST, ...(port === undefined ? {} : { port }) });
  let server: PostgresServer = await start();
  const { port, user, password } = server;

  async function run(database: string, text: string): Promise<readonly Row[]> {
    const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
    await client.connect();
    try {
      const result: unknown = await client.query(text);
      return ((Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult<Row>).rows;
    } finally {
      await client.end();
    }
  }

  async function stop(): Promise<void> {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  const settings = {
    store: {
      ...{ type: 'postgres', host: '127.0.0.1', port, database: DATABASE },
      ...{ user: SERVICE.user, password: { env: 'MENDLOOP_TEST_PASSWORD' } },
    },
    signingKey: { env: 'MENDLOOP_TEST_AUDIT_KEY' },
  };
  const env = {
    MENDLOOP_TEST_PASSWORD: SERVICE.password,
    MENDLOOP_TEST_AUDIT_KEY: generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  };
  try {
    await run('postgres', `CREATE DATABASE ${DATABASE}`);
    await migrate({ settings, env: { ...env, PGPASSWORD: password } });
    await run(
      'postgres',
      `CREATE ROLE ${SERVICE.user} LOGIN PASSWORD '${SERVICE.password}' IN ROLE mendloop_writer, mendloop_retention`,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    settings,
    env,
    sql: (text) => run(DATABASE, text),
    crash: async () => {
      await server.process.kill();
      await server.stop();
    },
    restart: async () => {
      server = await untilItStarts(() => start(port));
    },
    stop,
  };
}

async function untilItStarts(start: () => Promise<PostgresServer>): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof ProcessExited) || attempt === RESTART_ATTEMPTS) throw error;
      await sleep(100);
    }
  }
}
