import { execFile } from 'node:child_process';
import { readFile, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { PROBE } from '../../clients/policy/policy-engine.ts';
import { readBundle } from '../../clients/policy/read-bundle.ts';
import { loadWasmPolicy } from '../../clients/policy/wasm-policy.ts';
import { ensureServers, terminalProgress } from '../../local/index.ts';
import { policyBuildArguments } from '../../workers/policy-bundle.ts';
import { policySources } from './sources.ts';

export interface BuildCommandOptions {
  readonly output: string;
  readonly revision?: string;
  readonly alone?: boolean;
}

/** Makes a bundle, sees that it decides, and only then puts it in its place: a running Mendloop may be following it. */
export async function buildCommand(folders: readonly string[], options: BuildCommandOptions): Promise<void> {
  const { all } = await policySources(folders, options.alone);
  const { opa } = await ensureServers(['opa'], { progress: terminalProgress() });
  const unfinished = `${options.output}.${process.pid}.tmp`;
  try {
    const args = policyBuildArguments({ sources: all, output: unfinished, revision: options.revision ?? '' });
    await promisify(execFile)(opa.path, args).catch((error: unknown) => {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
      throw new Error(`the policy cannot be built:\n${said}`);
    });
    const policy = await loadWasmPolicy(await readBundle(await readFile(unfinished)));
    await policy.decide(PROBE);
    await rename(unfinished, options.output);
    console.log(`${options.output}: policy ${policy.revision}`);
  } finally {
    await rm(unfinished, { force: true });
  }
}
