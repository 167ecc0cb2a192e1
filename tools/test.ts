/**
 * Every check and every suite, with one honest count at the end.
 *
 *     node tools/test.ts [--only NAME,NAME]
 */
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium, ensureServers, terminalProgress } from '../src/stack/index.ts';
import { packageRoot } from '../src/stack/package-root.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Suite {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Counts from what the command left or printed; a check without counts of its own is one test. */
  readonly count?: (exitCode: number, output: string) => Counts;
  /** Whether the command's own output is worth seeing as it comes. */
  readonly live?: boolean;
}

const root = packageRoot();
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const vitestReport = join(root, 'dist', 'vitest.json');

const { values } = parseArgs({ options: { only: { type: 'string' } } });

const progress = terminalProgress();
const servers = await ensureServers(
  [
    'temporal',
    'opa',
    'regal',
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kwok',
    'prometheus',
    'promtool',
    'alertmanager',
    'amtool',
    'otelcol',
  ],
  { progress },
);
// Tests find it again themselves; here its installation shows.
await ensureChromium({ progress });
const opa = servers.opa.path;
const promtool = servers.promtool.path;
const ruleFiles = (end: string) => globSync(`observability/prometheus/*.rules${end}`, { cwd: root }).sort();

const suites: Suite[] = [
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types', command: [bin('tsc'), '--noEmit'] },
  { name: 'console types', command: [bin('tsc'), '--noEmit', '-p', 'src/console'] },
  { name: 'lint', command: [bin('eslint'), '.', '--max-warnings', '0'] },
  { name: 'imports', command: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src'] },
  { name: 'rego format', command: [opa, 'fmt', '--fail', '--list', 'policy'] },
  { name: 'rego check', command: [opa, 'check', '--strict', 'policy'] },
  { name: 'rego tests', command: [opa, 'test', '--timeout', '120s', '--format', 'json', 'policy'], count: countRego },
  // Every line of the policy, and every entry of the catalogue, has been decided by in a test.
  { name: 'rego cover', command: [opa, 'test', '--timeout', '120s', '--threshold', '100', 'policy'] },
  { name: 'policy lint', command: [process.execPath, join(root, 'bin', 'mendloop.js'), 'policy', 'lint'] },
  { name: 'prometheus rules', command: [promtool, 'check', 'rules', ...ruleFiles('.yml')] },
  {
    name: 'rule tests',
    command: [promtool, 'test', 'rules', ...ruleFiles('.test.yml')],
    count: countRules,
  },
  {
    name: 'vitest',
    command: [
      bin('vitest'),
      'run',
      '--project=!e2e',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitestReport}`,
    ],
    count: countVitest,
    live: true,
  },
];

function countRego(exitCode: number, output: string): Counts {
  const results = JSON.parse(output) as { fail?: boolean; error?: unknown; skip?: boolean }[];
  const failed = results.filter((result) => result.fail === true || result.error !== undefined).length;
  const skipped = results.filter((result) => result.skip === true).length;
  const passed = results.length - failed - skipped;
  // No test at all, or a failure that no result shows, must not look like success.
  return { passed, skipped, failed: failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : failed };
}

/** promtool counts files: one that fails says which of its tests did. */
function countRules(exitCode: number, output: string): Counts {
  const passed = output.match(/^ {2}SUCCESS$/gm)?.length ?? 0;
  const failed = output.match(/^ {2}FAILED/gm)?.length ?? 0;
  return { passed, skipped: 0, failed: failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : failed };
}

function countVitest(exitCode: number): Counts {
  const report = JSON.parse(readFileSync(vitestReport, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    numFailedTestSuites: number;
  };
  const failed = report.numFailedTests;
  const passed = report.numPassedTests;
  return {
    passed,
    skipped: report.numPendingTests + report.numTodoTests,
    // A file that fails to load has no failed test, and an unhandled error no failed file.
    failed: failed === 0 && (exitCode !== 0 || passed === 0) ? Math.max(1, report.numFailedTestSuites) : failed,
  };
}

async function run(suite: Suite): Promise<{ exitCode: number; output: string }> {
  const [command, ...args] = suite.command;
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (suite.live) process.stdout.write(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
    if (suite.live) process.stderr.write(text);
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  if (exitCode !== 0 && !suite.live) process.stdout.write(`${output}${errors}\n`);
  return { exitCode, output };
}

mkdirSync(join(root, 'dist'), { recursive: true });
rmSync(vitestReport, { force: true });
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const only = values.only?.split(',');
const rows: string[] = [];
for (const suite of suites.filter(({ name }) => only === undefined || only.includes(name))) {
  const task = progress.start(suite.name);
  const startedAt = performance.now();
  const { exitCode, output } = await run(suite);
  let counts: Counts;
  try {
    counts = suite.count?.(exitCode, output) ?? {
      passed: exitCode === 0 ? 1 : 0,
      failed: exitCode === 0 ? 0 : 1,
      skipped: 0,
    };
  } catch (error) {
    console.error(`${suite.name}: no result could be read (${error instanceof Error ? error.message : 'unknown'})`);
    counts = { passed: 0, failed: 1, skipped: 0 };
  }
  task.done();
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  rows.push(
    `${counts.failed > 0 ? 'FAILED' : 'ok    '}  ${suite.name.padEnd(12)} ${String(counts.passed).padStart(5)} passed` +
      `${counts.failed > 0 ? `, ${counts.failed} failed` : ''}${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}  ${seconds} s`,
  );
}
const line = `${total.passed} passed, ${total.failed} failed` + (total.skipped > 0 ? `, ${total.skipped} skipped` : '');
console.log(`\n${rows.join('\n')}\n\n${line}`);
writeFileSync(join(root, 'dist', 'test-counts.txt'), `${line}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
