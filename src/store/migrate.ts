import pg from 'pg';
import { MendloopError } from '../domain/failures.ts';
import type { Database } from './database.ts';
import { storeUnavailable } from './database-failure.ts';
import { clientConfig, type PostgresOptions } from './postgres-database.ts';
import { migrationFrom, SCHEMA_VERSION, VERSION_QUERY, VERSION_VALUE_QUERY } from './schema/migrations.ts';

/** Runs SQL and gives its rows. */
type RunSql = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** A schema, as it was found. */
export interface FoundSchema {
  /** 0 where there is none. */
  readonly version: number;
  /** The oldest version whose processes work on it. */
  readonly oldest: number;
}

async function findSchema(run: RunSql): Promise<FoundSchema> {
  const [table] = await run(VERSION_QUERY);
  const [row] = table?.['found'] == null ? [] : await run(VERSION_VALUE_QUERY);
  return { version: Number(row?.['version'] ?? 0), oldest: Number(row?.['oldest'] ?? 0) };
}

/**
 * Brings a schema up to date. The login of `run` owns the tables.
 *
 * @returns the version that was there before.
 */
export async function migrate(run: RunSql): Promise<number> {
  const { version } = await findSchema(run);
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

/**
 * Why a process of this version cannot work on a schema, and what to do about it; undefined: it can. It can on its own,
 * and on a newer one that is still made for it.
 */
export function schemaFault({ version, oldest }: FoundSchema, wanted = SCHEMA_VERSION): string | undefined {
  if (version === 0) return 'there is no schema; run `mendloop audit migrate`';
  const is = `its schema has version ${version}`;
  if (version < wanted) return `${is}, and this Mendloop needs ${wanted}; run \`mendloop audit migrate\``;
  if (oldest > wanted) {
    return `${is}, on which a Mendloop for ${oldest} or newer works, and this one is for ${wanted}; use a newer Mendloop`;
  }
  return undefined;
}

/** What the schema of a database is. */
export async function foundSchema(database: Database): Promise<FoundSchema> {
  return await findSchema((text) => database.run({ text }));
}

/** @throws MendloopError `StoreUnavailable` if this Mendloop cannot work on the schema. */
export async function checkSchema(database: Database): Promise<void> {
  const fault = schemaFault(await foundSchema(database));
  if (fault !== undefined) throw new MendloopError('StoreUnavailable', `the store is not to be had: ${fault}`);
}
