import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { policyBuildArguments } from '../../src/workers/policy-bundle.ts';

const BENCH = join(import.meta.dirname, '..');

/** Mendloop's own policy with the bench's rule added. Returns the bundle's path, below `directory`. */
export async function buildBenchPolicy(options: { readonly opa: string; readonly directory: string }): Promise<string> {
  const { opa, directory } = options;
  const copy = join(directory, 'policy');
  await cp(join(BENCH, '..', 'policy'), copy, { recursive: true });
  await cp(join(BENCH, 'policy', 'bench.rego'), join(copy, 'rules', 'bench.rego'));
  const output = join(directory, 'policy.tar.gz');
  // Relative, because opa takes the folders of an absolute path for names in the data.
  const args = policyBuildArguments({ sources: ['policy'], output, revision: 'bench' });
  await promisify(execFile)(opa, args, { cwd: directory });
  return output;
}
