import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyBuildArguments } from '../../clients/policy/build-arguments.ts';
import { diffPolicies } from '../../clients/policy/diff/diff-policies.ts';
import { alertsOfRuleFiles, distinct, samplesOf, type TriedAlert } from '../../clients/policy/diff/tried-alerts.ts';
import { runTool } from '../../clients/policy/lint/run-tool.ts';
import type { PolicyClock } from '../../clients/policy/policy-clock.ts';
import { readBundle } from '../../clients/policy/read-bundle.ts';
import { loadWasmPolicy } from '../../clients/policy/wasm-policy.ts';
import { ensureServers, terminalProgress } from '../../local/index.ts';
import { readAlerts } from '../explain/read-alerts.ts';
import { textOf } from '../text-of.ts';
import { formatDiff } from './format-diff.ts';
import { findRuleFiles } from './lint.ts';
import { policySources } from './sources.ts';

export interface DiffCommandOptions {
  readonly base: readonly string[];
  readonly rules?: readonly string[];
  readonly alerts?: readonly string[];
  readonly cluster: string;
  readonly alone?: boolean;
  readonly json?: boolean;
}

/** Both policies are asked at the same moment, so that a rule about hours is no difference. */
const NOON: PolicyClock = { now: () => Date.UTC(2000, 0, 5, 12) };

/** Prints what would be decided otherwise. */
export async function diffCommand(folders: readonly string[], options: DiffCommandOptions): Promise<void> {
  const { opa } = await ensureServers(['opa'], { progress: terminalProgress() });
  const [before, after] = await Promise.all([
    policySources(options.base, options.alone),
    policySources(folders, options.alone),
  ]);
  // First: what does not compile is told by file and line.
  const [old, young] = await Promise.all([compile(opa.path, before.all), compile(opa.path, after.all)]);
  const samples = [...(await samplesOf(opa.path, before.all)), ...(await samplesOf(opa.path, after.all))];
  const alerts = distinct([
    ...samples,
    ...(await alertsOfRuleFiles(await findRuleFiles(options.rules ?? []), samples)),
    ...(await recorded(options.alerts ?? [])),
  ]);
  const diff = await diffPolicies({ before: old, after: young, alerts, cluster: options.cluster });
  console.log(options.json === true ? JSON.stringify(diff) : formatDiff(diff).trimEnd());
}

async function recorded(files: readonly string[]): Promise<TriedAlert[]> {
  const read = await Promise.all(files.map(async (file) => await readAlerts(await textOf(await readFile(file)))));
  return read.flat().map(({ labels }) => ({ labels, origin: 'recorded' }));
}

/** @throws Error with OPA's words where it does not compile. */
async function compile(opa: string, sources: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-diff-'));
  try {
    const output = join(folder, 'policy.tar.gz');
    const { exitCode, stdout, stderr } = await runTool(
      opa,
      policyBuildArguments({ sources, output, revision: 'diff' }),
    );
    if (exitCode !== 0)
      throw new Error(`the policy of ${sources.join(', ')} cannot be built:\n${`${stderr}${stdout}`.trim()}`);
    return await loadWasmPolicy(await readBundle(await readFile(output)), NOON);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
