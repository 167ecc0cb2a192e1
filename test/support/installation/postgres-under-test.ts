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

export type Row = Readonly<Record<string, unknown>>;

/** A PostgreSQL server of a test's own, to be ended and started again. */
export interface PostgresUnderTest extends Pick<PostgresServer, 'host' | 'port' | 'user' | 'password'> {
  /** As the superuser, in this database; gives the rows of the last statement. */
  sql(database: string, text: string): Promise<readonly Row[]>;
  /** Ends the server as a crash would, with all its sessions. */
  crash(): Promise<void>;
  /** Ends it as its operator does: what is under way is broken off. */
  halt(): Promise<void>;
  /** Starts it again, on the same port and data. */
  restart(): Promise<void>;
  /** Its disk is lost: an empty one is in its place, on the same port, with the superuser's password of before. */
  loseDisk(): Promise<void>;
  /** For good: deletes what it has kept. */
  stop(): Promise<void>;
}

export async function startPostgresUnderTest(): Promise<PostgresUnderTest> {
  // Not below a folder that only this user may enter: the server may run as another one.
  const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-postgres-'));
  const programs = await ensurePostgres({ progress: terminalProgress() });
  const start = (port?: number) =>
    startPostgres({ programs, dataDir, settings: FAST, ...(port === undefined ? {} : { port }) });
  let server: PostgresServer = await start();
  const { host, port, user, password } = server;
  return {
    ...{ host, port, user, password },
    sql: async (database, text) => {
      const client = new pg.Client({ host, port, user, password, database });
      await client.connect();
      try {
        const result: unknown = await client.query(text);
        return ((Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult<Row>).rows;
      } finally {
        await client.end();
      }
    },
    crash: async () => {
      await server.process.kill();
      await server.stop();
    },
    halt: () => server.stop(),
    restart: async () => {
      server = await untilItStarts(() => start(port));
    },
    loseDisk: async () => {
      await server.stop();
      await rm(join(dataDir, 'data'), { recursive: true });
      server = await untilItStarts(() => start(port));
      const client = new pg.Client({ host, port, user, password: server.password, database: 'postgres' });
      await client.connect();
      await client.query(`ALTER ROLE ${user} PASSWORD '${password}'`).finally(() => client.end());
    },
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
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
