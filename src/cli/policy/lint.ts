import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../clients/policy/lint/finding.ts';
import { lintPolicy } from '../../clients/policy/lint/lint-policy.ts';
import { ensureServers, findServers, terminalProgress } from '../../local/index.ts';
import { packageRoot } from '../../local/package-root.ts';
import { formatReport, type LintSummary } from './format-report.ts';
import { policySources } from './sources.ts';

/** Where rule files are looked for unless they are named; the demo's lie in a folder of their own below. */
export const DEFAULT_RULES = 'observability/prometheus/**/*.yml';

export interface LintFoldersOptions {
  readonly rules?: readonly string[];
  readonly alone?: boolean;
  readonly engine?: 'wasm' | 'server';
}

export interface LintCommandOptions extends LintFoldersOptions {
  readonly json?: boolean;
}

/** Prints what is found, and sets the exit code to 1 if there is an error among it. */
export async function lintCommand(folders: readonly string[], options: LintCommandOptions): Promise<void> {
  const linted = await lintFolders(folders, options);
  console.log(options.json === true ? JSON.stringify(linted) : formatReport(linted));
  if (linted.summary.errors > 0) process.exitCode = 1;
}

export interface Linted {
  readonly findings: readonly Finding[];
  readonly summary: LintSummary;
  readonly notes: readonly string[];
}

/** What is wrong with the policy of these folders. */
export async function lintFolders(folders: readonly string[], options: LintFoldersOptions): Promise<Linted> {
  const { all, own } = await policySources(folders, options.alone);
  const ruleFiles = await findRuleFiles(options.rules ?? []);
  const { opa } = await ensureServers(['opa'], { progress: terminalProgress() });
  const regal = (await findServers(['regal'])).get('regal');
  const { findings, counts } = await lintPolicy({
    opa: opa.path,
    regal: regal && { program: regal.path, configFile: join(packageRoot(), 'tools', 'regal.yaml') },
    sources: all,
    own,
    ruleFiles,
    shippedRuleFiles: await filesOf([join(packageRoot(), DEFAULT_RULES)]),
    ...(options.engine !== undefined && { engine: options.engine }),
  });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return {
    findings,
    summary: { ...counts, errors, warnings: findings.length - errors },
    notes: [
      ...(regal === undefined ? ['Regal is not here: `node tools/servers.ts ensure regal` prepares it'] : []),
      ...(ruleFiles.length === 0 ? [`no rule files (${DEFAULT_RULES}): alert names are not checked, see --rules`] : []),
    ],
  };
}

/** @throws Error if a pattern of the command line finds nothing: its alerts would all seem unknown, or all known. */
export async function findRuleFiles(patterns: readonly string[]): Promise<string[]> {
  for (const pattern of patterns) {
    if ((await filesOf([pattern])).length === 0) throw new Error(`--rules ${pattern}: there is no such file`);
  }
  return await filesOf(patterns.length === 0 ? [DEFAULT_RULES] : patterns);
}

async function filesOf(patterns: readonly string[]): Promise<string[]> {
  const files = new Set<string>();
  for (const pattern of patterns) for await (const file of glob(pattern)) files.add(file);
  return [...files].toSorted();
}
