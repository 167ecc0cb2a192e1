import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../../src/local/package-root.ts';
import { type Stoppable, Supervisor } from '../../../dev/stack/index.ts';

const addresses = z.object({ webhook: z.url(), metrics: z.url(), kubeconfig: z.string() });

export interface MendloopUp extends Stoppable {
  readonly webhook: string;
  readonly metrics: string;
  readonly kubeconfig: string;
  /** The JSON lines of its log so far. */
  log(): Promise<Record<string, unknown>[]>;
}

/**
 * `mendloop up --with-cluster`, as a user types it, in a process of its own: so that the standard variables of
 * OpenTelemetry mean there what they mean to a user.
 */
export async function mendloopUp(options: {
  readonly directory: string;
  /** Content of `mendloop.yaml`, as JSON; its store is in the directory. */
  readonly config: object;
  readonly env: Record<string, string>;
}): Promise<MendloopUp> {
  const { directory, config, env } = options;
  const configFile = join(directory, 'mendloop.yaml');
  const audit = { store: { type: 'embedded', folder: join(directory, 'store') } };
  await writeFile(configFile, JSON.stringify({ ...config, audit }));
  const supervisor = new Supervisor({ logDir: directory });
  const lines = async () =>
    (await readFile(join(directory, 'mendloop.log'), 'utf8')).split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return []; // Progress for people.
      }
    });
  const ready = async () => (await lines()).some((line) => 'webhook' in line);
  await supervisor.start({
    name: 'mendloop',
    command: process.execPath,
    args: [
      ...[join(packageRoot(), 'src', 'cli', 'main.ts'), 'up', '--with-cluster', '--json'],
      ...['--config', configFile, '--state', join(directory, 'state')],
    ],
    env,
    ready,
    readyWithinMs: 180_000,
    graceMs: 30_000,
  });
  const found = addresses.parse((await lines()).find((line) => 'webhook' in line));
  return { ...found, log: lines, stop: () => supervisor.stop() };
}
