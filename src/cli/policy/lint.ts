import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { lintPolicy } from '../../clients/policy/lint/lint-policy.ts';
import { ensureServers, findServers, terminalProgress } from '../../local/index.ts';
import { packageRoot } from '../../local/package-root.ts';
import { formatReport } from './format-report.ts';
import { policySources } from './sources.ts';

/** Where rule files are looked for unless they are named. */
export const DEFAULT_RULES = 'observability/prometheus/*.yml';

export interface LintCommandOptions {
  readonly rules: readonly string[];
  readonly alone?: boolean;
  readonly json?: boolean;
}

/** Prints what is found, and sets the exit code to 1 if there is an error among it. */
export async function lintCommand(folders: readonly string[], options: LintCommandOptions): Promise<void> {
  const { all, own } = await policySources(folders, options.alone);
  const ruleFiles = await findRuleFiles(options.rules);
  const { opa } = await ensureServers(['opa'], { progress: terminalProgress() });
  const regal = (await findServers(['regal'])).get('regal');
  const report = await lintPolicy({
    opa: opa.path,
    regal: regal && { program: regal.path, configFile: join(packageRoot(), 'tools', 'regal.yaml') },
    sources: all,
    own,
    ruleFiles,
  });
  const errors = report.findings.filter(({ severity }) => severity === 'error').length;
  const summary = { ...report.counts, errors, warnings: report.findings.length - errors };
  const notes = [
    ...(regal === undefined ? ['Regal is not here: `node tools/servers.ts ensure regal` prepares it'] : []),
    ...(ruleFiles.length === 0 ? [`no rule files (${DEFAULT_RULES}): alert names are not checked, see --rules`] : []),
  ];
  console.log(
    options.json === true
      ? JSON.stringify({ findings: report.findings, summary, notes })
      : formatReport({ findings: report.findings, summary, notes }),
  );
  if (errors > 0) process.exitCode = 1;
}

/** @throws Error if a pattern that somebody named finds nothing: its alerts would all seem unknown, or all known. */
async function findRuleFiles(patterns: readonly string[]): Promise<string[]> {
  const files = new Set<string>();
  for (const pattern of patterns.length === 0 ? [DEFAULT_RULES] : patterns) {
    const before = files.size;
    for await (const file of glob(pattern)) files.add(file);
    if (files.size === before && patterns.length > 0) throw new Error(`--rules ${pattern}: there is no such file`);
  }
  return [...files].toSorted();
}
