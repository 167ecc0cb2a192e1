import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyBuildArguments } from '../build-arguments.ts';
import { type BundleContent, readBundle } from '../read-bundle.ts';
import { runTool } from './run-tool.ts';

/** The policy as it would be loaded; undefined where it cannot be compiled: `opa check` says more of that. */
export async function compilePolicy(opa: string, sources: readonly string[]): Promise<BundleContent | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-lint-'));
  try {
    const output = join(folder, 'policy.tar.gz');
    const { exitCode } = await runTool(opa, policyBuildArguments({ sources, output, revision: 'lint' }));
    return exitCode === 0 ? await readBundle(await readFile(output)) : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
