import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `$MENDLOOP_CACHE`, else `mendloop` in `$XDG_CACHE_HOME`, else `~/.cache/mendloop`. Need not exist yet. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.MENDLOOP_CACHE) return resolve(env.MENDLOOP_CACHE);
  return join(env.XDG_CACHE_HOME ? resolve(env.XDG_CACHE_HOME) : join(homedir(), '.cache'), 'mendloop');
}

/** What lies where below the cache folder. Everything but `servers` may be deleted at any time. */
export function cacheLayout(root: string) {
  return {
    root,
    servers: join(root, 'servers'),
    /** Half-written files; emptied by the process that holds the lock. */
    partial: join(root, 'partial'),
    /** Go's module and build caches: gigabytes, dropped when all wanted servers are built. */
    build: join(root, 'build'),
    lock: join(root, 'prepare.lock'),
    serverPath: (name: string, version: string) => join(root, 'servers', name, version, name),
  };
}

export type CacheLayout = ReturnType<typeof cacheLayout>;
