import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Stoppable, Supervisor } from '../../../dev/stack/index.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

const addressesSchema = z.object({ console: z.string(), temporal: z.string(), webUi: z.string().optional() });

export interface MendloopUp extends Stoppable {
  /** With the token of this start. */
  readonly consoleUrl: string;
  /** Of Temporal, `host:port`. */
  readonly temporalAddress: string;
  readonly webUiUrl: string | undefined;
}

/** `mendloop up`, as a user types it, in a process of its own: Temporal, the API and a worker. Settles when it serves. */
export async function startMendloopUp(options: {
  /** Takes its state and its log. */
  readonly directory: string;
  readonly settingsFile: string;
}): Promise<MendloopUp> {
  const { directory, settingsFile } = options;
  const temporalConfigFile = join(directory, 'temporal.toml');
  await writeFile(temporalConfigFile, '[profile.default]\n');
  const supervisor = new Supervisor({ logDir: directory });
  let addresses: z.infer<typeof addressesSchema> | undefined;
  await supervisor.start({
    name: 'mendloop',
    command: process.execPath,
    args: [
      ...[join(packageRoot(), 'src', 'cli', 'main.ts'), 'up', '--json'],
      ...['--config', settingsFile, '--state', join(directory, 'state')],
    ],
    // Whatever the user has set is for a Temporal of theirs.
    env: {
      TEMPORAL_ADDRESS: '',
      TEMPORAL_NAMESPACE: '',
      TEMPORAL_CONFIG_FILE: temporalConfigFile,
      MENDLOOP_STATE: join(directory, 'state'),
    },
    ready: async () => {
      addresses = (await jsonLines(join(directory, 'mendloop.log')))
        .map((line) => addressesSchema.safeParse(line).data)
        .find((found) => found !== undefined);
      return addresses !== undefined;
    },
    readyWithinMs: 120_000,
    graceMs: 30_000,
  });
  if (addresses === undefined) throw new Error('mendloop up serves, but has not said where');
  const { console, temporal, webUi } = addresses;
  return { consoleUrl: console, temporalAddress: temporal, webUiUrl: webUi, stop: () => supervisor.stop() };
}

/** Its log, without what it says to people about its progress. */
async function jsonLines(file: string): Promise<unknown[]> {
  return (await readFile(file, 'utf8')).split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}
