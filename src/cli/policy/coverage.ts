import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { countCoverage, coverAlerts } from '../../clients/policy/coverage/cover-alerts.ts';
import type { CoverageReport } from '../../clients/policy/coverage/coverage-report.ts';
import { readRuleAlerts, type RuleText } from '../../clients/policy/coverage/read-rule-alerts.ts';
import { turnedOn } from '../../clients/policy/coverage/turned-on.ts';
import { samplesOf } from '../../clients/policy/diff/tried-alerts.ts';
import { compilePolicy } from '../../clients/policy/lint/compile-policy.ts';
import { loadWasmPolicy } from '../../clients/policy/wasm-policy.ts';
import { ensureServers, terminalProgress } from '../../local/index.ts';
import { painter } from '../output/style.ts';
import { formatCoverage } from './format-coverage.ts';
import { findRuleFiles } from './lint.ts';
import { policySources } from './sources.ts';

export interface CoverageCommandOptions {
  readonly rules?: readonly string[];
  readonly cluster: string;
  readonly alone?: boolean;
  readonly json?: boolean;
}

/** Stands for standard input. */
const STDIN = '-';

/** Prints it, and sets the exit code to 1 where an alert is unknown, or something could not be read or answered. */
export async function coverageCommand(folders: readonly string[], options: CoverageCommandOptions): Promise<void> {
  const progress = terminalProgress();
  const texts = await readTexts(options.rules ?? []);
  const { alerts, problems, empty } = readRuleAlerts(texts);
  const { opa } = await ensureServers(['opa'], { progress });
  const { all } = await policySources(folders, options.alone);
  const task = progress.start('asking the policy');
  try {
    const content = await compilePolicy(opa.path, all);
    if (content === undefined) throw new Error('the policy cannot be built: `mendloop policy lint` says why');
    const covered = await coverAlerts(alerts, {
      policy: await loadWasmPolicy(content),
      turnedOn: await loadWasmPolicy({ ...content, data: turnedOn(content.data) }),
      samples: await samplesOf(opa.path, all),
      cluster: options.cluster,
      onAsked: (asked) => {
        task.update(`${asked} alerts`);
      },
    });
    const report: CoverageReport = {
      alerts: covered,
      counts: {
        now: countCoverage(covered.map(({ now }) => now)),
        turnedOn: countCoverage(covered.map((one) => one.turnedOn)),
      },
      ...{ problems, empty },
    };
    console.log(options.json === true ? JSON.stringify(report) : formatCoverage(report, painter()));
    const { unknown, invalid } = report.counts.now;
    if (unknown + invalid + problems.length > 0) process.exitCode = 1;
  } finally {
    task.done();
  }
}

async function readTexts(patterns: readonly string[]): Promise<RuleText[]> {
  const files = patterns.filter((pattern) => pattern !== STDIN);
  const isPiped = files.length < patterns.length;
  const found = isPiped && files.length === 0 ? [] : await findRuleFiles(files);
  const read = found.map(async (name) => ({ name, text: await readFile(name, 'utf8') }));
  const piped = isPiped ? [{ name: 'standard input', text: await text(process.stdin) }] : [];
  return [...(await Promise.all(read)), ...piped];
}
