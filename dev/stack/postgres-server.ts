import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { chown, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import pg from 'pg';
import { freePort } from '../../src/local/process/free-port.ts';
import type { ManagedProcess } from '../../src/local/process/managed-process.ts';
import { type OrdinaryUser, ordinaryUser } from '../../src/local/process/ordinary-user.ts';
import { runCommand } from '../../src/local/process/run-command.ts';
import type { Stoppable } from '../../src/local/process/stop-on-signals.ts';
import { retryOnTakenPort, Supervisor } from '../../src/local/process/supervisor.ts';
import type { PostgresPrograms } from '../../src/local/servers/postgres-programs.ts';

/** The superuser of the database cluster. */
const SUPERUSER = 'postgres';

/** It writes everything to the disk before it ends; killed, it would leave processes that hold the data folder. */
const SHUTDOWN_MS = 60_000;

export interface PostgresOptions {
  programs: PostgresPrograms;
  /** Holds the database cluster, its password and its log; made when missing, kept on stop. */
  dataDir: string;
  /** A free one unless given. */
  port?: number | undefined;
  /** More settings of the server, such as `fsync: 'off'`. */
  settings?: Record<string, string> | undefined;
}

export interface PostgresServer extends Stoppable {
  host: string;
  port: number;
  /** The superuser, who connects over TCP with a password like everyone else. */
  user: string;
  password: string;
  process: ManagedProcess;
}

/**
 * Starts PostgreSQL on 127.0.0.1 with a database cluster of its own (UTF-8, passwords by SCRAM). PostgreSQL does not run
 * as root: then it runs as the user `postgres` or `nobody`, to whom the data folder is given. Settles when it takes
 * connections. Rejects with `ProcessExited`, `CommandFailed` or `WaitTimeout`, the server stopped, when it does not.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir } = options;
  const user = ordinaryUser([SUPERUSER, 'nobody']);
  await mkdir(dataDir, { recursive: true });
  await give(dataDir, user);
  const programs = await reachable(options.programs, dataDir, user);
  const password = await initialise({ programs, dataDir, user });
  return await retryOnTakenPort(() => startOnce({ ...options, programs, user, password }));
}

interface Cluster {
  programs: PostgresPrograms;
  dataDir: string;
  user: OrdinaryUser | undefined;
}

/** Makes the cluster where there is none; gives the superuser's password. */
async function initialise({ programs, dataDir, user }: Cluster): Promise<string> {
  const passwordFile = join(dataDir, 'password');
  const data = join(dataDir, 'data');
  if (existsSync(join(data, 'PG_VERSION'))) return (await readFile(passwordFile, 'utf8')).trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await give(passwordFile, user);
  const [command, ...args] = asUser(user, [
    programs.initdb,
    ...['--pgdata', data],
    ...['--username', SUPERUSER],
    ...['--auth', 'scram-sha-256', '--pwfile', passwordFile],
    ...['--encoding', 'UTF8', '--locale', 'C'],
    '--no-sync',
  ]);
  await runCommand({ command, args, cwd: dataDir, env: environment(programs), timeoutMs: 120_000 });
  return password;
}

async function startOnce(
  options: PostgresOptions & { user: OrdinaryUser | undefined; password: string },
): Promise<PostgresServer> {
  const { programs, dataDir, user, password, settings = {} } = options;
  const port = options.port ?? (await freePort());
  const host = '127.0.0.1';
  const supervisor = new Supervisor({ logDir: dataDir, env: { ...programs.env, TZ: 'GMT' } });
  const all = {
    port: String(port),
    listen_addresses: host,
    unix_socket_directories: '',
    jit: 'off', // Its library may not be there; and no query here lasts long enough.
    ...settings,
  };
  const [command, ...args] = asUser(user, [
    programs.postgres,
    ...['-D', join(dataDir, 'data')],
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const process = await supervisor.start({
    name: 'postgres',
    command,
    args,
    cwd: dataDir,
    graceMs: SHUTDOWN_MS,
    ready: async () => {
      const client = new pg.Client({ host, port, user: SUPERUSER, password, database: 'postgres' });
      await client.connect();
      await client.end();
      return true;
    },
  });
  return {
    host,
    port,
    user: SUPERUSER,
    password,
    process,
    stop: async () => {
      // SIGTERM would wait for every client to leave; this ends their sessions.
      if (!process.hasEnded) signal(process.pid);
      await supervisor.stop();
    },
  };
}

function asUser(user: OrdinaryUser | undefined, command: [string, ...string[]]): [string, ...string[]] {
  return user === undefined ? command : [...user.command, ...command];
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It ended this instant.
  }
}

/** Root may keep its cache where no other user may look: then the programs go where their user may. */
async function reachable(
  programs: PostgresPrograms,
  dataDir: string,
  user: OrdinaryUser | undefined,
): Promise<PostgresPrograms> {
  const { tree } = programs;
  if (user === undefined || tree === undefined || isOpenToAll(tree)) return programs;
  const copy = join(dataDir, 'programs');
  await cp(tree, copy, { recursive: true, force: true });
  chmodSync(copy, 0o755);
  const moved = (path: string) => join(copy, relative(tree, path));
  const env = Object.entries(programs.env).map(([name, value]) => [name, value.replaceAll(tree, copy)] as const);
  return {
    ...programs,
    initdb: moved(programs.initdb),
    postgres: moved(programs.postgres),
    folder: moved(programs.folder),
    tree: copy,
    env: Object.fromEntries(env),
  };
}

function isOpenToAll(path: string): boolean {
  const parent = dirname(path);
  return (statSync(path).mode & 0o001) !== 0 && (parent === path || isOpenToAll(parent));
}

async function give(path: string, user: OrdinaryUser | undefined): Promise<void> {
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

function environment(programs: PostgresPrograms): NodeJS.ProcessEnv {
  return { ...process.env, ...programs.env, TZ: 'GMT', LC_ALL: 'C' };
}
