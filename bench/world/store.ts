import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type PostgresServer, startPostgres } from '../../dev/stack/postgres-server.ts';
import type { Progress, Stack } from '../../dev/stack/index.ts';
import { type AuditSettings, auditSchema } from '../../src/config/audit-schema.ts';
import { ensurePostgres } from '../../src/local/servers/postgres-programs.ts';
import { migratePostgres } from '../../src/store/migrate.ts';

const PASSWORD = 'MENDLOOP_BENCH_PASSWORD';
const KEY = 'MENDLOOP_BENCH_KEY';

/** A store of the bench's own on a PostgreSQL that makes every commit durable. The variables are for other processes. */
export interface PostgresStore {
  readonly settings: AuditSettings;
  readonly env: Readonly<Record<string, string>>;
  readonly server: PostgresServer;
}

/** Starts PostgreSQL for as long as the stack stands. */
export async function postgresStore(parts: {
  readonly directory: string;
  readonly stack: Stack;
  readonly progress: Progress;
}): Promise<PostgresStore> {
  const { directory, stack, progress } = parts;
  const dataDir = join(directory, 'postgres');
  await mkdir(dataDir, { recursive: true });
  // The server may run as another user, who has to get through to its own folder.
  await chmod(directory, 0o711);
  const server = stack.add(await startPostgres({ programs: await ensurePostgres({ progress }), dataDir }));
  const { privateKey } = generateKeyPairSync('ed25519');
  const env = {
    [PASSWORD]: randomBytes(16).toString('hex'),
    [KEY]: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    PGPASSWORD: server.password,
  };
  Object.assign(process.env, env);
  const settings = auditSchema.parse({
    store: {
      ...{ type: 'postgres', host: '127.0.0.1', port: server.port, database: 'mendloop', user: 'service' },
      password: { env: PASSWORD },
    },
    signingKey: { env: KEY },
  });
  await asOwner(server, 'postgres', 'CREATE DATABASE mendloop');
  if (settings.store.type !== 'postgres') throw new Error('not PostgreSQL');
  await migratePostgres({ settings: settings.store, timeoutSeconds: 30 }, { user: server.user });
  await asOwner(
    server,
    'mendloop',
    `CREATE ROLE service LOGIN PASSWORD '${env[PASSWORD]}' IN ROLE mendloop_writer, mendloop_retention`,
  );
  return { settings, env, server };
}

async function asOwner(
  { port, user, password }: { readonly port: number; readonly user: string; readonly password: string },
  database: string,
  sql: string,
): Promise<void> {
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
