import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Illness } from './contract.ts';

const EXAMPLES = join(import.meta.dirname, '..');

const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string().optional() })) })),
});

/** An illness with where it lies. */
export interface FoundIllness extends Illness {
  /** Of its folder, of its namespace, and of what `make example NAME=` takes. */
  readonly name: string;
  readonly folder: string;
  /** Content of `rules.yml`. */
  readonly rules: string;
  /** Names of the alerts by which it shows. */
  readonly alerts: readonly string[];
  /** Content of `stages.yaml`, where there is one. */
  readonly stages: readonly string[];
}

/** Names of all illnesses: the folders beside the runner's that have an `illness.ts`. */
async function illnessNames(): Promise<readonly string[]> {
  const names = await readdir(EXAMPLES);
  return names.filter((name) => existsSync(join(EXAMPLES, name, 'illness.ts'))).toSorted();
}

/** All of them, or those that are named. Throws for a name that there is not. */
export async function findIllnesses(wanted?: readonly string[]): Promise<readonly FoundIllness[]> {
  const names = await illnessNames();
  const unknown = (wanted ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`there is no example ${unknown.join(', ')}: there are ${names.join(', ')}`);
  return await Promise.all((wanted ?? names).map(readIllness));
}

async function readIllness(name: string): Promise<FoundIllness> {
  const folder = join(EXAMPLES, name);
  const { illness } = (await import(pathToFileURL(join(folder, 'illness.ts')).href)) as { illness: Illness };
  const rules = await readFile(join(folder, 'rules.yml'), 'utf8');
  const stages = join(folder, 'stages.yaml');
  return {
    ...illness,
    ...{ name, folder, rules },
    alerts: rulesSchema.parse(parse(rules)).groups.flatMap((group) => group.rules.flatMap(({ alert }) => alert ?? [])),
    stages: existsSync(stages) ? [await readFile(stages, 'utf8')] : [],
  };
}
