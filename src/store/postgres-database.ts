import { readFileSync } from 'node:fs';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { PostgresSettings } from '../config/audit-schema.ts';
import { resolveSecret } from '../config/secret.ts';
import type { Database, DatabaseRole, SqlRow } from './database.ts';
import { codeOf, storeUnavailable } from './database-failure.ts';

/** Beside the writers: who holds a lock holds a connection, and must not keep the others from working. */
const MAX_LOCKS = 10;

/** SQLSTATE of a statement that PostgreSQL ended because it and another waited for each other. */
const DEADLOCK = '40P01';
const MAX_ATTEMPTS = 3;

export interface PostgresOptions {
  readonly settings: PostgresSettings;
  readonly timeoutSeconds: number;
  /** Every statement runs as this role, whatever it asks for; absent: each as it asks, the service's by default. */
  readonly as?: DatabaseRole;
}

/**
 * The store in PostgreSQL, 14 or newer. Connects when it is used. Every session takes the role that it needs at its
 * start, so that not even a superuser's login can change a row by mistake. Needs sessions of its own: a pooler between
 * must not share them among clients.
 *
 * @throws Error if a TLS file cannot be read.
 */
export function openPostgresDatabase(options: PostgresOptions): Database {
  const { settings } = options;
  const writers = createPool(options, options.as ?? 'mendloop_writer', settings.maxConnections);
  const retention = createPool(options, options.as ?? 'mendloop_retention', 1);
  const locks = createPool(options, options.as ?? 'mendloop_writer', MAX_LOCKS);
  const pools: Record<DatabaseRole, pg.Pool> = { mendloop_writer: writers, mendloop_retention: retention };

  return {
    async run({ text, values = [], role = 'mendloop_writer', prepare }) {
      const name = prepare === undefined ? {} : { name: prepare };
      for (let attempt = 1; ; attempt += 1) {
        try {
          return (await pools[role].query<SqlRow>({ text, values: [...values], ...name })).rows;
        } catch (error) {
          // PostgreSQL has taken back all of the statement that it chose to fail, as while another version migrates.
          if (codeOf(error) !== DEADLOCK || attempt === MAX_ATTEMPTS) throw storeUnavailable(error);
        }
      }
    },
    exclusively: (name, job) => withLock(locks, name, job),
    close: async () => {
      await Promise.all([writers.end(), retention.end(), locks.end()]);
    },
  };
}

/** How a session is opened with these settings, as whom it may be. */
export function clientConfig({ settings, timeoutSeconds }: PostgresOptions, role?: DatabaseRole): pg.ClientConfig {
  const { user, password } = (role === 'mendloop_retention' ? settings.retention : undefined) ?? settings;
  const timeout = timeoutSeconds * 1000;
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user,
    // Asked for at each connection: a rotated password needs no restart.
    ...(password === undefined ? {} : { password: () => resolveSecret(password) }),
    ...(settings.tls === undefined ? {} : { ssl: tlsOptions(settings.tls) }),
    application_name: 'mendloop',
    keepAlive: true,
    connectionTimeoutMillis: timeout,
    statement_timeout: timeout,
    lock_timeout: timeout,
    query_timeout: timeout + 1000, // Should the server be gone rather than slow.
    ...(role === undefined ? {} : { options: `-c role=${role}` }),
  };
}

function createPool(options: PostgresOptions, role: DatabaseRole, max: number): pg.Pool {
  const pool = new pg.Pool({ ...clientConfig(options, role), max, allowExitOnIdle: true });
  // An idle connection that breaks is replaced at the next use.
  pool.on('error', () => undefined);
  return pool;
}

async function withLock<T>(pool: pg.Pool, name: string, job: () => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeUnavailable(error);
  });
  // The lock goes with its connection; then another process may run the job too, which each job allows for.
  const ignore = () => undefined;
  client.on('error', ignore);
  const lock = async (verb: 'pg_try_advisory_lock' | 'pg_advisory_unlock') => {
    const { rows } = await client.query<{ ok: boolean }>(`SELECT ${verb}(hashtextextended($1, 0)) AS ok`, [name]);
    return rows[0]?.ok === true;
  };
  let broken = true;
  try {
    const locked = await lock('pg_try_advisory_lock').catch((error: unknown) => {
      throw storeUnavailable(error);
    });
    if (!locked) {
      broken = false;
      return undefined;
    }
    const result = await job();
    broken = !(await lock('pg_advisory_unlock').catch(() => false));
    return result;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

function tlsOptions({
  caFile,
  certFile,
  keyFile,
  serverName,
}: NonNullable<PostgresSettings['tls']>): ConnectionOptions {
  const file = (name: string, path: string | undefined) => (path === undefined ? {} : { [name]: readFileSync(path) });
  return {
    ...file('ca', caFile),
    ...file('cert', certFile),
    ...file('key', keyFile),
    // node-postgres always asks for the host by its own name.
    ...(serverName === undefined
      ? {}
      : { checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate) }),
  };
}
