import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { policyBuildArguments } from '../../../src/workers/policy-bundle.ts';
import { mergeData, type JsonObject } from './merge-data.ts';

const EXAMPLE = join(import.meta.dirname, '..');
const POLICY = join(EXAMPLE, '..', '..', 'policy');

export interface DemoPolicyOptions {
  readonly opa: string;
  /** Takes the copy of the policy and the bundle. */
  readonly directory: string;
}

/**
 * Mendloop's own policy, with the example's data over its own: windows of seconds, because here Prometheus looks every
 * second. Rules stay as they are. Returns the bundle's path.
 */
export async function buildDemoPolicy({ opa, directory }: DemoPolicyOptions): Promise<string> {
  const copy = join(directory, 'policy');
  const output = join(directory, 'policy.tar.gz');
  await cp(POLICY, copy, { recursive: true });
  const dataFile = join(copy, 'data.json');
  const data = await readObject(dataFile);
  const overlay = await readObject(join(EXAMPLE, 'policy', 'overlay.json'));
  await writeFile(dataFile, JSON.stringify(mergeData(data, overlay), undefined, 2));
  // Relative, because opa takes the folders of an absolute path for names in the data.
  const args = policyBuildArguments({ sources: ['policy'], output, revision: 'flash-sale' });
  await promisify(execFile)(opa, args, { cwd: directory });
  return output;
}

async function readObject(file: string): Promise<JsonObject> {
  return JSON.parse(await readFile(file, 'utf8')) as JsonObject;
}
