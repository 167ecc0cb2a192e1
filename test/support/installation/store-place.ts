import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { type PostgresUnderTest, type Row, startPostgresUnderTest } from './postgres-under-test.ts';

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

/** A PostgreSQL server, and a way around every rule of its store. */
export interface PostgresPlace extends StorePlace, Pick<PostgresUnderTest, 'crash' | 'restart'> {
  /** As the superuser; gives the rows of the last statement. */
  sql(text: string): Promise<readonly Row[]>;
  /** The same, in any database of the server. */
  readonly sqlOf: PostgresUnderTest['sql'];
}

/** One folder, which the API and the worker share. */
export function embeddedPlace(directory: string): StorePlace {
  const settings = { store: { type: 'embedded', folder: join(directory, 'store') } };
  return { settings, env: {}, stop: () => Promise.resolve() };
}

/** Runs `mendloop audit migrate` with these settings and variables. */
export type Migrate = (place: Pick<StorePlace, 'settings' | 'env'>) => Promise<void>;

/**
 * A database of its own, prepared as an operator does it: by `mendloop audit migrate` and one login. On a server of its own,
 * unless it shares one, whose end is not its matter.
 */
export async function startPostgresPlace(migrate: Migrate, shared?: PostgresUnderTest): Promise<PostgresPlace> {
  const server = shared ?? (await startPostgresUnderTest());
  const stop = () => (shared === undefined ? server.stop() : Promise.resolve());
  const { host, port, password, sql } = server;
  const settings = {
    store: {
      ...{ type: 'postgres', host, port, database: DATABASE },
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
    await sql('postgres', `CREATE DATABASE ${DATABASE}`);
    await migrate({ settings, env: { ...env, PGPASSWORD: password } });
    await sql(
      'postgres',
      `CREATE ROLE ${SERVICE.user} LOGIN PASSWORD '${SERVICE.password}' IN ROLE mendloop_writer, mendloop_retention`,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ settings, env },
    sql: (text) => sql(DATABASE, text),
    sqlOf: sql,
    crash: server.crash,
    restart: server.restart,
    stop,
  };
}
