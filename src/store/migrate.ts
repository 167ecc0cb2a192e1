import pg from 'pg';
import { MendloopError } from '../domain/failures.ts';
import type { Database } from './database.ts';
import { storeUnavailable } from './database-failure.ts';
import { clientConfig, type PostgresOptions } from './postgres-database.ts';
import { migrationFrom, SCHEMA_VERSION, VERSION_QUERY, VERSION_VALUE_QUERY } from './schema/migrations.ts';

/** Runs SQL and gives its rows. */
type RunSql = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** The version of the schema that is there; 0 if there is none. */
async function versionOf(run: RunSql): Promise<number> {
  const [table] = await run(VERSION_QUERY);
  if (table?.['found'] == null) return 0;
  const [row] = await run(VERSION_VALUE_QUERY);
  return Number(row?.['version'] ?? 0);
}

/**
 * Brings a schema up to date. Whoever `run` runs as owns the tables.
 *
 * @returns the version that was there before.
 */
export async function migrate(run: RunSql): Promise<number> {
  const version = await versionOf(run);
  if (version < SCHEMA_VERSION) await run(migrationFrom(version));
  return version;
}

/**
 * The same for PostgreSQL, as the owner rather than as the service.
 *
 * @throws MendloopError `StoreUnavailable`; with the server's own words, because an owner reads them, not a log.
 */
export async function migratePostgres(options: PostgresOptions, owner: { user: string }): Promise<number> {
  const { password: _service, ...config } = clientConfig(options);
  // node-postgres takes the password from PGPASSWORD or the password file, as psql does.
  const client = new pg.Client({ ...config, user: owner.user });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Two that migrate at once would both find nothing.
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', ['mendloop migration']);
    const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
    if (rows[0]?.server_encoding !== 'UTF8') {
      throw new MendloopError('StoreUnavailable', 'the database must have the encoding UTF8');
    }
    return await migrate(async (text) => (await client.query<Record<string, unknown>>(text)).rows);
  } catch (error) {
    if (error instanceof pg.DatabaseError) throw new MendloopError('StoreUnavailable', error.message);
    throw storeUnavailable(error);
  } finally {
    await client.end();
  }
}

/** What the schema is, and what this Mendloop writes. `found` is 0 where there is none. */
export async function schemaVersions(database: Database): Promise<{ found: number; wanted: number }> {
  return { found: await versionOf((text) => database.run({ text })), wanted: SCHEMA_VERSION };
}

/** @throws MendloopError `StoreUnavailable` if the schema is not the one that this Mendloop writes. */
export async function checkSchema(database: Database): Promise<void> {
  const { found: version, wanted } = await schemaVersions(database);
  if (version === wanted) return;
  const found = version === 0 ? 'there is no schema' : `its schema has version ${version}, not ${wanted}`;
  const advice = version > wanted ? 'use a newer Mendloop' : 'run `mendloop audit migrate`';
  throw new MendloopError('StoreUnavailable', `the store is not to be had: ${found}; ${advice}`);
}
