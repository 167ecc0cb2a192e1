import { readFile, rename, rm } from 'node:fs/promises';
import { policyBuildArguments } from '../../clients/policy/build-arguments.ts';
import { runTool } from '../../clients/policy/lint/run-tool.ts';
import { PROBE } from '../../clients/policy/policy-engine.ts';
import { readBundle } from '../../clients/policy/read-bundle.ts';
import { loadWasmPolicy } from '../../clients/policy/wasm-policy.ts';
import { ensureServers, terminalProgress } from '../../local/index.ts';
import { formatFinding } from './format-report.ts';
import { lintFolders, type LintFoldersOptions } from './lint.ts';
import { policySources } from './sources.ts';

export interface BuildCommandOptions extends LintFoldersOptions {
  readonly output: string;
  readonly revision?: string;
}

/**
 * Makes a bundle, unless the linter finds an error, sees that it decides, and only then puts it in its place: a running
 * Mendloop may be following it.
 */
export async function buildCommand(folders: readonly string[], options: BuildCommandOptions): Promise<void> {
  const { findings } = await lintFolders(folders, options);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw unbuildable(errors.map(formatFinding).join('\n'));
  const { all } = await policySources(folders, options.alone);
  const { opa } = await ensureServers(['opa'], { progress: terminalProgress() });
  const unfinished = `${options.output}.${process.pid}.tmp`;
  try {
    const args = policyBuildArguments({ sources: all, output: unfinished, revision: options.revision ?? '' });
    const { exitCode, stdout, stderr } = await runTool(opa.path, args);
    if (exitCode !== 0) throw unbuildable(`${stderr}${stdout}`.trim());
    const policy = await loadWasmPolicy(await readBundle(await readFile(unfinished)));
    await policy.decide(PROBE);
    await rename(unfinished, options.output);
    console.log(`${options.output}: policy ${policy.revision}`);
  } finally {
    await rm(unfinished, { force: true });
  }
}

function unbuildable(why: string): Error {
  return new Error(`the policy cannot be built:\n${why}`);
}
