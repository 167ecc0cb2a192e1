import { readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Progress } from '../progress.ts';
import { runCommand } from '../process/run-command.ts';
import { cacheDir, cacheLayout, type CacheLayout } from './cache-dir.ts';
import { extractPackage } from './apt.ts';
import { withLock } from '../process/file-lock.ts';
import { isProgram, SourceFailed } from './server-binary.ts';

/** Where Debian installs the programs of each version, which it keeps off PATH. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

const OLDEST = 14;

/** Comes from a package of its own, which a cache of an earlier Mendloop lacks. */
const OF_CLIENTS = 'pg_dump';

/** The two programs that make and run a database. They belong together with files that they find beside them. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** Their folder, in which a distribution has the programs of clients too: `pg_dump`, `psql`. */
  folder: string;
  /** `major.minor` */
  version: string;
  /** Root of the files, where nothing is installed; the programs find the rest relative to themselves. */
  tree?: string;
  /** On top of the environment. */
  env: Record<string, string>;
}

export interface EnsurePostgresOptions {
  progress: Progress;
  signal?: AbortSignal | undefined;
  /** What follows stands in for this machine in tests. */
  env?: NodeJS.ProcessEnv;
  debianFolder?: string;
}

/**
 * Gives PostgreSQL: from PATH, else where Debian installs it, else what an earlier run prepared, else from Debian's
 * package, extracted into the cache. Throws an error that says what to install where none of it is to be had.
 */
export async function ensurePostgres(options: EnsurePostgresOptions): Promise<PostgresPrograms> {
  const { env = process.env, debianFolder = DEBIAN_FOLDER } = options;
  const cache = cacheLayout(cacheDir(env));
  const onPath = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found =
    (await firstThatServes([...onPath, ...versionFolders(debianFolder)].map((folder) => ({ folder })))) ??
    (await findInCache(cache));
  if (found) return found;
  return await withLock(cache.lock, async () => (await findInCache(cache)) ?? (await fromDebian(cache, options, env)), {
    signal: options.signal,
  });
}

const cacheFolder = (cache: CacheLayout) => join(cache.root, 'postgresql');

async function findInCache(cache: CacheLayout): Promise<PostgresPrograms | undefined> {
  const tree = cacheFolder(cache);
  return await firstThatServes(versionFolders(treeFolder(tree)).map((folder) => ({ folder, tree })));
}

const treeFolder = (tree: string) => join(tree, 'usr', 'lib', 'postgresql');

async function fromDebian(
  cache: CacheLayout,
  options: EnsurePostgresOptions,
  env: NodeJS.ProcessEnv,
): Promise<PostgresPrograms> {
  const task = options.progress.start('postgresql');
  await rm(cache.partial, { recursive: true, force: true });
  const tree = join(cache.partial, 'postgresql');
  try {
    await extractPackage({
      package: 'postgresql',
      needs: isNeeded,
      into: tree,
      scratch: join(cache.partial, 'debian'),
      task,
      signal: options.signal,
      env,
    });
    for (const unused of ['doc', 'man', 'locale']) {
      await rm(join(tree, 'usr', 'share', unused), { recursive: true, force: true });
    }
    for (const folder of versionFolders(treeFolder(tree))) {
      await rm(join(folder, '..', 'lib', 'bitcode'), { recursive: true, force: true });
    }
    // Only what runs gets its final name.
    const prepared = await firstThatServes(versionFolders(treeFolder(tree)).map((folder) => ({ folder, tree })));
    if (!prepared) throw new SourceFailed("Debian's package was extracted, but does not run");
    await rm(cacheFolder(cache), { recursive: true, force: true });
    await mkdir(cache.root, { recursive: true });
    await rename(tree, cacheFolder(cache));
    const moved = await findInCache(cache);
    if (!moved) throw new SourceFailed('it does not run from the cache folder');
    task.done(`${moved.version} is ready, from Debian`);
    return moved;
  } catch (error) {
    task.done();
    if (!(error instanceof SourceFailed)) throw error;
    throw new Error(
      `PostgreSQL ${OLDEST} or newer could not be had: it is neither on PATH nor in ${DEBIAN_FOLDER}, and from Debian: ` +
        `${error.message}\nWhat helps: install PostgreSQL's server and put the folder of its initdb on PATH.`,
      { cause: error },
    );
  } finally {
    await rm(cache.partial, { recursive: true, force: true });
  }
}

/**
 * The server, its clients, and the libraries that they are linked with. Not what compiles its queries just in time or serves its other
 * packages' scripts, and never the C library, which belongs to the system's loader.
 */
function isNeeded(name: string): boolean {
  if (/^postgresql-(?:client-)?\d+$/.test(name)) return true;
  return name.startsWith('lib') && !/^lib(?:llvm|perl|z3|gdbm|c6|c-|gcc)|-perl$/.test(name);
}

/** `bin` folders of the versions below a folder of Debian's kind, newest first. */
function versionFolders(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name) && Number(name) >= OLDEST)
      .sort((one, other) => Number(other) - Number(one))
      .map((name) => join(folder, name, 'bin'));
  } catch {
    return [];
  }
}

async function firstThatServes(
  places: readonly { folder: string; tree?: string }[],
): Promise<PostgresPrograms | undefined> {
  for (const { folder, tree } of places) {
    const programs = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
    if (!isProgram(programs.initdb) || !isProgram(programs.postgres)) continue;
    if (tree !== undefined && !isProgram(join(folder, OF_CLIENTS))) continue;
    const env = tree === undefined ? {} : { LD_LIBRARY_PATH: libraryFolders(tree).join(delimiter) };
    const version = await versionOf(programs.postgres, env);
    if (version === undefined || parseInt(version, 10) < OLDEST) continue;
    return { ...programs, folder, version, env, ...(tree === undefined ? {} : { tree }) };
  }
  return undefined;
}

/** Debian's libraries lie below the name of the machine's architecture. */
function libraryFolders(tree: string): string[] {
  const root = join(tree, 'usr', 'lib');
  const architectures = readdirSync(root).filter((name) => /-linux-/.test(name));
  return architectures.map((name) => join(root, name));
}

async function versionOf(postgres: string, env: Record<string, string>): Promise<string | undefined> {
  try {
    const output = await runCommand({
      command: postgres,
      args: ['--version'],
      env: { ...process.env, ...env },
      timeoutMs: 10_000,
    });
    return /\d+\.\d+/.exec(output)?.[0];
  } catch {
    return undefined;
  }
}
