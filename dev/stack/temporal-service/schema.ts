import { runCommand } from '../../../src/local/process/run-command.ts';

/** A PostgreSQL server, and a user of it who may create databases. */
export interface TemporalDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Names of the databases of Temporal's two stores. */
export const DATABASES = { default: 'temporal', visibility: 'temporal_visibility' } as const;

/** Which of the schemas inside the tool each takes. */
const SCHEMAS = {
  [DATABASES.default]: 'postgresql/v12/temporal',
  [DATABASES.visibility]: 'postgresql/v12/visibility',
};

const TIMEOUT_MS = 120_000;

/**
 * Makes the databases and brings their schemas to the version of the tool, as an operator does it. Once for a server:
 * making what is there fails.
 *
 * @throws CommandFailed with the tool's last words.
 */
export async function setUpSchemas(tool: string, { host, port, user, password }: TemporalDatabase): Promise<void> {
  const env = {
    ...process.env,
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: host,
    SQL_PORT: String(port),
    SQL_USER: user,
    SQL_PASSWORD: password,
  };
  for (const [database, schema] of Object.entries(SCHEMAS)) {
    const run = (...args: string[]) =>
      runCommand({ command: tool, args: ['--db', database, ...args], env, timeoutMs: TIMEOUT_MS });
    await run('create-database');
    await run('setup-schema', '-v', '0.0');
    await run('update-schema', '--schema-name', schema);
  }
}
