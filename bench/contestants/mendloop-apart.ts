import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Progress, Supervisor } from '../../dev/stack/index.ts';
import type { PostgresServer } from '../../dev/stack/postgres-server.ts';
import { postgresStore } from '../world/store.ts';
import type { World } from '../world/world.ts';
import type { Contestant } from './contestant.ts';
import { mendloop } from './mendloop.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

export const APART = 'mendloop-apart';

export interface MendloopApart {
  readonly contestant: Contestant;
  /** Process IDs. */
  readonly api: number;
  readonly worker: number;
  readonly database: PostgresServer;
}

/**
 * `mendloop api` and `mendloop worker`, each a process of its own, with their store in PostgreSQL. Of each `name` one.
 */
export async function mendloopApart(world: World, progress: Progress, name = APART): Promise<MendloopApart> {
  const { config, temporal, stack } = world;
  const directory = join(world.directory, name);
  // The server of the store may run as another user, who has to get through.
  await chmod(world.directory, 0o711);
  const { settings, env: secrets, server: database } = await postgresStore({ directory, stack, progress });
  const port = await freePort();
  const file = join(directory, 'mendloop.yaml');
  const own = {
    ...config,
    api: { ...config.api, port },
    worker: { ...config.worker, port: 0 },
    temporal: { ...config.temporal, taskQueue: name },
    audit: settings,
    log: { level: 'info' }, // The worker says there that it is ready.
  };
  await writeFile(file, JSON.stringify(own));
  const toml = join(directory, 'temporal.toml');
  await writeFile(toml, '[profile.default]\n');
  const env = {
    ...secrets,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: toml,
    TEMPORAL_TLS: 'false',
    XDG_STATE_HOME: directory,
  };
  const supervisor = stack.add(new Supervisor({ logDir: directory }));
  const url = `http://127.0.0.1:${port}`;
  const start = (command: 'api' | 'worker', ready: () => Promise<boolean>) =>
    supervisor.start({
      name: `${name}-${command}`,
      command: process.execPath,
      args: [MAIN, command, '--config', file],
      env,
      ready,
      readyWithinMs: 120_000,
    });
  const api = await start('api', async () => (await fetch(`${url}/readyz`)).ok);
  const worker = await start('worker', () =>
    hasSaid(join(directory, `${name}-worker.log`), 'all that remediations need answers'),
  );
  const contestant = { ...mendloop({ ...world, webhookUrl: `${url}/webhooks/alertmanager` }), name };
  return { contestant, api: api.pid, worker: worker.pid, database };
}

async function hasSaid(file: string, text: string): Promise<boolean> {
  return (await readFile(file, 'utf8')).includes(text);
}
