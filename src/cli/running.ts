import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { namedByEnvironment, placeState, userStateFolder } from '../config/state-folder.ts';
import { identify, isAlive } from '../local/process/process-identity.ts';
import { embeddedFolder } from '../store/open-database.ts';
import type { CommonOptions } from './options.ts';

const pointerSchema = z.object({
  identity: z.object({ pid: z.int(), startTime: z.string().optional() }),
  /** `mendloop up`, or what else has started an installation. */
  command: z.string(),
  state: z.string(),
  /** File of its settings; absent: the default ones. */
  config: z.string().optional(),
  temporal: z.object({ address: z.string(), namespace: z.string() }),
});

/** An installation that runs on this machine. */
export type Running = Omit<z.infer<typeof pointerSchema>, 'identity'>;

const folderOf = () => join(userStateFolder(), 'running');

/** Leaves a pointer for commands to find this installation by. Gives what takes it away. */
export function leavePointer(running: Running): () => void {
  const identity = identify(process.pid);
  const file = join(folderOf(), `${process.pid}.json`);
  mkdirSync(folderOf(), { recursive: true, mode: 0o700 });
  const paths = {
    state: resolve(running.state),
    ...(running.config === undefined ? {} : { config: resolve(running.config) }),
  };
  writeFileSync(file, JSON.stringify({ ...running, ...paths, identity }), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Those that run still; pointers of processes that were killed are cleared away. */
export function runningHere(): Running[] {
  let names: string[];
  try {
    names = readdirSync(folderOf());
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const file = join(folderOf(), name);
    try {
      const { identity, ...running } = pointerSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      if (isAlive({ pid: identity.pid, startTime: identity.startTime })) return [running];
      rmSync(file, { force: true });
    } catch {
      // Half-written, or of another version: it points nowhere.
    }
    return [];
  });
}

export interface Found {
  readonly config: Config;
  /** The installation that was found running; absent: settings or variables say where it is, or none runs. */
  readonly running?: Running;
}

/**
 * The settings of the installation that a command is about: those that are named, else those of the one that runs here.
 *
 * @throws Error where several run, with how to name one.
 */
export function findInstallation(options: CommonOptions): Found {
  const named = namedByEnvironment();
  const path = options.config ?? named.config;
  const config = loadConfig(options.config === undefined ? {} : { path: options.config });
  if (named.state !== undefined || (path === undefined && placesItself(config))) return { config };
  const candidates = runningHere().filter((one) => path === undefined || one.config === resolve(path));
  const [running, ...others] = candidates;
  if (running === undefined || (others.length > 0 && placesItself(config))) return { config };
  if (others.length > 0) {
    const ways = candidates.map(({ state }) => `  MENDLOOP_STATE=${state}`);
    throw new Error(`${candidates.length} installations run here; say which:\n${ways.join('\n')}`);
  }
  const theirs = running.config === undefined ? config : loadConfig({ path: running.config });
  return { config: placeState(theirs, running.state), running };
}

/** Its store is where its settings say, whatever runs. */
function placesItself({ audit: { store } }: Config): boolean {
  return store.type !== 'embedded' || store.folder !== undefined;
}

/** Which store it is, for people. */
export function describeStore({ audit: { store } }: Pick<Config, 'audit'>): string {
  if (store.type === 'embedded') return embeddedFolder({ store });
  return `postgres://${store.host}:${store.port}/${store.database}`;
}
