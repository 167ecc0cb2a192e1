import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { packageRoot } from '../../../src/local/package-root.ts';
import { policyBuildArguments } from '../../../src/workers/policy-bundle.ts';

type Data = Readonly<Record<string, unknown>>;

export interface ExamplesPolicyOptions {
  readonly opa: string;
  /** Takes what is built. */
  readonly directory: string;
  /** Folders with a `policy` folder each, as anybody's own would be. */
  readonly folders: readonly string[];
}

/**
 * Mendloop's own policy with all of these over it: their rules as they are, and what they override put together, so that
 * one Mendloop serves all examples. Returns the bundle's path.
 */
export async function buildExamplesPolicy({ opa, directory, folders }: ExamplesPolicyOptions): Promise<string> {
  const overrides = join(directory, 'policy', 'overrides');
  await mkdir(overrides, { recursive: true });
  let merged: Data = {};
  for (const folder of [import.meta.dirname, ...folders]) {
    const file = join(folder, 'policy', 'overrides', 'data.yaml');
    if (existsSync(file)) merged = mergeData(merged, parse(await readFile(file, 'utf8')) as Data, file);
  }
  await writeFile(join(overrides, 'data.yaml'), stringify(merged));
  const rules = folders.map((folder) => join(folder, 'policy', 'rules')).filter((folder) => existsSync(folder));
  const output = join(directory, 'policy.tar.gz');
  const sources = ['policy', join(directory, 'policy'), ...rules];
  const args = policyBuildArguments({ sources, output, revision: 'examples' });
  await promisify(execFile)(opa, args, { cwd: packageRoot() });
  return output;
}

/** Objects key by key; anything else has to be the same in both. */
export function mergeData(one: Data, other: Data, file: string, path: readonly string[] = []): Data {
  const merged: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const there = merged[key];
    if (isObject(there) && isObject(value)) merged[key] = mergeData(there, value, file, [...path, key]);
    else if (there === undefined || isDeepStrictEqual(there, value)) merged[key] = value;
    else throw new Error(`${file}: ${[...path, key].join('.')} says something else than another example does`);
  }
  return merged;
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
