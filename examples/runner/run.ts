import { parseArgs } from 'node:util';
import { stopOnSignals, terminalProgress } from '../../dev/stack/index.ts';
import { findIllnesses, type FoundIllness } from './find-illnesses.ts';
import { paintFor } from './report/paint.ts';
import type { ExampleReport } from './report/report.ts';
import { showRun, showTable } from './report/show.ts';
import { runIllness } from './run-illness.ts';
import { ensureExampleServers } from './stack/servers.ts';
import { startExamplesStack } from './stack/start-stack.ts';

/**
 * The examples, one after the other on one stack. Ends with 0 only if each ended as it should, within its time from the
 * fault; with 2 for a wrong command line.
 */

const USAGE = `usage: node examples/runner/run.ts [NAME...] [--times N] [--json]
         NAME...     folders of examples/ that have an illness.ts; all of them unless given
         [--times N] each so often, in a row
         [--json]    the reports as JSON in place of the timelines`;

/** Seconds from the fault to the end of the last remediation, where an example says nothing else. */
const LIMIT_SECONDS = 40;

async function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { times: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
  });
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1) throw new Error('--times takes a whole number above zero');
  const illnesses = await findIllnesses(positionals.length === 0 ? undefined : positionals);
  return { illnesses, times, json: values.json };
}

/** Whether every example ended as it should. */
async function main({ illnesses, times, json }: Awaited<ReturnType<typeof readArguments>>): Promise<boolean> {
  const progress = terminalProgress();
  const paint = paintFor(process.stdout);
  const servers = await ensureExampleServers({ illnesses, progress });
  const stack = await startExamplesStack({ servers, illnesses, progress });
  const stopping = new AbortController();
  const forget = stopOnSignals({
    stop: () => {
      stopping.abort(new Error('stopped'));
      return stack.stop();
    },
  });
  const reports: ExampleReport[] = [];
  try {
    for (const illness of illnesses.flatMap((one) => Array<FoundIllness>(times).fill(one))) {
      const task = progress.start(illness.name);
      try {
        const update = (text: string) => task.update(text);
        const run = withLimit(illness, await runIllness({ illness, stack, signal: stopping.signal, update }));
        task.done();
        reports.push(run.report);
        if (!json) process.stdout.write(showRun(run, paint));
      } finally {
        task.done();
      }
    }
  } finally {
    forget();
    await stack.stop();
  }
  if (json) process.stdout.write(`${JSON.stringify(reports, undefined, 2)}\n`);
  else if (reports.length > 1) process.stdout.write(showTable(reports, paint));
  return reports.every(({ unmet }) => unmet.length === 0);
}

function withLimit<T extends { readonly report: ExampleReport }>({ expected }: FoundIllness, run: T): T {
  const { faultToEnd } = run.report.seconds;
  const { withinSeconds = LIMIT_SECONDS } = expected;
  // That nothing has ended is told already.
  if (faultToEnd === null || faultToEnd <= withinSeconds) return run;
  const late = `it took ${faultToEnd} s, should take at most ${withinSeconds}`;
  return { ...run, report: { ...run.report, unmet: [...run.report.unmet, late] } };
}

async function readOrExplain() {
  try {
    return await readArguments();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const given = await readOrExplain();
try {
  process.exitCode = (await main(given)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
