/**
 * Every check and every suite, with one honest count at the end. What fails is shown with all that it printed.
 *
 *     node tools/test.ts [--e2e] [--only NAME,NAME]
 *
 * `--e2e`: the suites that start whole installations, instead of all others.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { ensureChromium, terminalProgress } from '../dev/stack/index.ts';
import { packageRoot } from '../src/local/package-root.ts';
import { ensureUntilStopped } from './ensure-until-stopped.ts';
import { INSTALLATION_SERVERS, TEST_SERVERS } from './server-sets.ts';
import { runSuite } from './suite-process.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** One line for each failure: where, which test, and the first line of why. */
type Failures = readonly string[];

interface Suite {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Counts from what the command left or printed; a check without counts of its own is one test. */
  readonly count?: (exitCode: number, output: string) => Counts;
  /** Which failed, from what the command left: told again at the end, where the last lines of a log show it. */
  readonly failures?: () => Failures;
  /** How far it is, from what it has printed so far. */
  readonly progress?: (output: string) => string;
  /** Wants all cores: runs when the others have ended. */
  readonly alone?: boolean;
}

/** As many as small machines have cores. */
const LANES = 2;

/** Failures told again at the end: more of them have one cause. */
const MOST_TOLD = 40;

const root = packageRoot();
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const vitestReport = join(root, 'dist', 'vitest.json');

const { values } = parseArgs({
  options: { only: { type: 'string' }, e2e: { type: 'boolean', default: false } },
});

const progress = terminalProgress();
const servers = await ensureUntilStopped(values.e2e ? INSTALLATION_SERVERS : TEST_SERVERS, progress);
// Only those tests open the console. They find it again themselves; here its installation shows.
if (values.e2e) await ensureChromium({ progress });
const opa = servers.opa.path;
const promtool = servers.promtool.path;
const ruleFiles = (end: string) => globSync(`observability/prometheus/**/*.rules${end}`, { cwd: root }).sort();

const checks: readonly Suite[] = [
  { name: 'lint', command: [bin('eslint'), '.', '--max-warnings', '0'] },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types', command: [bin('tsc'), '--noEmit'] },
  { name: 'console types', command: [bin('tsc'), '--noEmit', '-p', 'test/unit/console'] },
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
  vitest('vitest', ['--project=!e2e']),
];

/** Whole installations: one file at a time, because each wants both cores. */
const installations: readonly Suite[] = [vitest('e2e', ['--project=e2e', '--maxWorkers=1'])];

function vitest(name: string, options: readonly string[]): Suite {
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`];
  return {
    name,
    command: [bin('vitest'), 'run', ...options, ...reports],
    count: countVitest,
    failures: vitestFailures,
    progress: filesOf,
    alone: true,
  };
}

/** Vitest prints a line for each file that has ended. */
function filesOf(output: string): string {
  return `${output.match(/\.test\.ts \S*\(/g)?.length ?? 0} files`;
}

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

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

const readVitestReport = () => JSON.parse(readFileSync(vitestReport, 'utf8')) as VitestReport;

function vitestFailures(): Failures {
  return readVitestReport().testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0) return status === 'failed' ? [`${file}: ${firstLine(message)}`] : [];
    return tests.map(({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages?.[0])}`);
  });
}

function firstLine(text = ''): string {
  return stripVTControlCharacters(text).trim().split('\n', 1).join('').slice(0, 200);
}

function countVitest(exitCode: number): Counts {
  const report = readVitestReport();
  const failed = report.numFailedTests;
  const passed = report.numPassedTests;
  return {
    passed,
    skipped: report.numPendingTests + report.numTodoTests,
    // A file that fails to load has no failed test, and an unhandled error no failed file.
    failed: failed === 0 && (exitCode !== 0 || passed === 0) ? Math.max(1, report.numFailedTestSuites) : failed,
  };
}

interface Result {
  readonly suite: Suite;
  readonly counts: Counts;
  readonly failures: Failures;
  readonly seconds: number;
}

async function judge(suite: Suite): Promise<Result> {
  const task = progress.start(suite.name);
  const startedAt = performance.now();
  const onOutput = (output: string) => {
    if (suite.progress !== undefined) task.update(suite.progress(output));
  };
  const { exitCode, output, errors } = await runSuite({ command: suite.command, cwd: root, onOutput });
  if (exitCode !== 0) process.stdout.write(`${output}${errors}\n`);
  let counts: Counts;
  let failures: Failures = [];
  try {
    const one = exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    counts = suite.count?.(exitCode, output) ?? { ...one, skipped: 0 };
    if (counts.failed > 0) failures = suite.failures?.() ?? [];
  } catch (error) {
    console.error(`${suite.name}: no result could be read (${error instanceof Error ? error.message : 'unknown'})`);
    counts = { passed: 0, failed: 1, skipped: 0 };
  }
  task.done();
  return { suite, counts, failures, seconds: (performance.now() - startedAt) / 1000 };
}

/** Nothing is printed of what is well. Checks run side by side, the longest first; then those that want all cores. */
async function judgeAll(chosen: readonly Suite[]): Promise<Result[]> {
  const results: Result[] = [];
  const queue = chosen.filter(({ alone }) => alone !== true).values();
  const lanes = Array.from({ length: LANES }, async () => {
    for (const suite of queue) results.push(await judge(suite));
  });
  await Promise.all(lanes);
  for (const suite of chosen.filter(({ alone }) => alone === true)) results.push(await judge(suite));
  return results;
}

mkdirSync(join(root, 'dist'), { recursive: true });
rmSync(vitestReport, { force: true });
const wanted = values.only?.split(',');
const results = await judgeAll(
  (values.e2e ? installations : checks).filter(({ name }) => wanted?.includes(name) ?? true),
);
const sum = (of: keyof Counts) => results.reduce((total, { counts }) => total + counts[of], 0);
const width = Math.max(...results.map(({ suite }) => suite.name.length));
const rows = results.map(({ suite, counts: { passed, failed, skipped }, seconds }) =>
  [
    `${failed > 0 ? 'FAILED' : 'ok    '}  ${suite.name.padEnd(width)} ${String(passed).padStart(5)} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${seconds.toFixed(1)} s`,
  ].join(', '),
);
const told = results.flatMap(({ failures }) => failures);
const line =
  `${sum('passed')} passed, ${sum('failed')} failed` + (sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '');
console.log(['', ...rows, '', ...told.slice(0, MOST_TOLD), ...(told.length > 0 ? [''] : []), line].join('\n'));
writeFileSync(join(root, 'dist', values.e2e ? 'test-e2e-counts.txt' : 'test-counts.txt'), `${line}\n`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
