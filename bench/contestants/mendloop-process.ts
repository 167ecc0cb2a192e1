import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Supervisor } from '../../dev/stack/index.ts';
import type { World } from '../world/world.ts';
import type { Contestant } from './contestant.ts';
import { mendloop } from './mendloop.ts';

const MAIN = join(import.meta.dirname, 'mendloop-main.ts');

/** Mendloop in a process of its own, on the world's servers, with a task queue and an audit log of its own. */
export async function mendloopProcess(options: {
  readonly world: World;
  readonly name: string;
  readonly env: Record<string, string>;
}): Promise<Contestant> {
  const { world, name, env } = options;
  const { config, temporal, directory, stack } = world;
  const file = join(directory, `${name}.yaml`);
  const own = {
    ...config,
    temporal: { ...config.temporal, taskQueue: name },
    // Two that change something in every namespace, as often as they can.
    guards: { ...config.guards, maxActionsPerHour: 300, blastRadius: { ...config.guards.blastRadius, percent: 100 } },
    audit: { ...config.audit, store: { type: 'embedded', folder: join(directory, `${name}-audit`) } },
  };
  await writeFile(file, JSON.stringify(own));
  const supervisor = stack.add(new Supervisor({ logDir: directory }));
  const webhook = async () => /"webhook":"([^"]+)"/.exec(await readFile(join(directory, `${name}.log`), 'utf8'))?.[1];
  await supervisor.start({
    name,
    command: process.execPath,
    args: [MAIN, '--config', file, '--address', temporal.address, '--namespace', temporal.namespace],
    env,
    ready: async () => (await webhook()) !== undefined,
    readyWithinMs: 120_000,
  });
  return { ...mendloop({ ...world, webhookUrl: (await webhook()) ?? '' }), name };
}
