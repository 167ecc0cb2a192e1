import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Config } from './schema.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the embedded default keeps its state: `$MENDLOOP_STATE`, else the user's state folder. */
export function stateFolder(env: Env = process.env): string {
  return env['MENDLOOP_STATE'] || userStateFolder(env);
}

/** The user's own, wherever an installation has its state: what runs here is noted in it. */
export function userStateFolder(env: Env = process.env): string {
  return join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'mendloop');
}

/** File of the settings and state folder that the environment names. */
export function namedByEnvironment(env: Env = process.env): { readonly config?: string; readonly state?: string } {
  return {
    ...(env['MENDLOOP_CONFIG'] ? { config: env['MENDLOOP_CONFIG'] } : {}),
    ...(env['MENDLOOP_STATE'] ? { state: env['MENDLOOP_STATE'] } : {}),
  };
}

/** The settings with everything of one installation below its state folder, but for what they place themselves. */
export function placeState(config: Config, state: string): Config {
  const { audit, orders } = config;
  const store =
    audit.store.type === 'embedded'
      ? { ...audit.store, folder: audit.store.folder ?? join(state, 'audit') }
      : audit.store;
  return {
    ...config,
    audit: { ...audit, store },
    orders: { ...orders, folder: orders.folder ?? join(state, 'orders') },
  };
}
