import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../src/local/package-root.ts';
import { policyBuildArguments } from '../../../src/workers/policy-bundle.ts';

/** Mendloop's own policy, and the example's folder over it, as anybody's own would be. From the package's root. */
const SOURCES = ['policy', join('examples', 'flash-sale', 'policy')];

export interface DemoPolicyOptions {
  readonly opa: string;
  /** Takes the bundle. */
  readonly directory: string;
}

/** Returns the bundle's path. */
export async function buildDemoPolicy({ opa, directory }: DemoPolicyOptions): Promise<string> {
  const output = join(directory, 'policy.tar.gz');
  const args = policyBuildArguments({ sources: SOURCES, output, revision: 'flash-sale' });
  await promisify(execFile)(opa, args, { cwd: packageRoot() });
  return output;
}
