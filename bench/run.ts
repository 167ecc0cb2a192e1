import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { describeError } from '../src/cli/describe-error.ts';
import { runUntilStopped } from '../src/cli/shutdown.ts';
import {
  ensureServers,
  type Progress,
  type ServerBinary,
  ServersUnavailable,
  terminalProgress,
} from '../dev/stack/index.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { benchmarks } from './benchmarks/index.ts';
import { writeReport } from './report/report.ts';
import { renderTable } from './report/table.ts';
import { SERVERS_OF, type TemporalKind, TEMPORALS } from './world/temporal.ts';
import { MOST_ITERATIONS, NEEDED, startWorld, type WorldOptions } from './world/world.ts';

/**
 * Performance beside its floors, all from one run on one machine: figures of different runs do not compare.
 *
 *     node bench/run.ts [--only NAME,NAME] [--iterations N] [--temporal dev|postgres] [--report FILE]
 */

const USAGE = `usage: node bench/run.ts [--only ${benchmarks.map(({ name }) => name).join(',')}] [--iterations N] [--temporal ${TEMPORALS.join('|')}] [--report FILE]`;

interface Arguments {
  readonly chosen: readonly Benchmark[];
  readonly iterations: number;
  readonly temporal: TemporalKind;
  readonly report: string | undefined;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      iterations: { type: 'string', default: '60' },
      temporal: { type: 'string', default: 'dev' },
      report: { type: 'string' },
    },
  });
  const names = values.only?.split(',');
  const unknown = names?.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) throw new Error(`there is no benchmark ${unknown}`);
  const iterations = Number(values.iterations);
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MOST_ITERATIONS) {
    throw new Error(`--iterations takes a whole number from 1 to ${MOST_ITERATIONS}`);
  }
  const temporal = TEMPORALS.find((kind) => kind === values.temporal);
  if (temporal === undefined) throw new Error(`--temporal takes one of ${TEMPORALS.join(', ')}`);
  return {
    chosen: benchmarks.filter(({ name }) => names?.includes(name) ?? true),
    iterations,
    temporal,
    report: values.report,
  };
}

async function main({ chosen, iterations, temporal, report }: Arguments): Promise<void> {
  const progress = terminalProgress();
  const { kubectl, ...servers } = await findServers(progress, temporal);
  await runUntilStopped(async (stack) => {
    const directory = await mkdtemp(join(tmpdir(), 'mendloop-bench-'));
    stack.add({ stop: () => rm(directory, { recursive: true, force: true }) });
    const starting = progress.start('starting Temporal, Kubernetes, Prometheus and Mendloop');
    const world = await startWorld({ servers, kind: temporal, progress, directory, stack }).finally(starting.done);
    const measurements: Measurement[] = [];
    for (const benchmark of chosen) {
      const run = benchmark.run({ world, kubectl, iterations, progress });
      const findings = await Promise.race([run, world.failure]);
      console.log(`\n${renderTable(benchmark.title, findings.measurements, process.stdout)}\n`);
      for (const note of findings.notes) console.log(styleText('gray', `  ${note}`, { stream: process.stdout }));
      measurements.push(...findings.measurements);
      if (report !== undefined) await writeReport(report, measurements);
    }
    console.log();
  });
}

/** kubectl is a rival, not a need: where it cannot be had, its lines are left out. */
async function findServers(
  progress: Progress,
  temporal: TemporalKind,
): Promise<WorldOptions['servers'] & { kubectl?: ServerBinary }> {
  const needed = [...NEEDED, ...SERVERS_OF[temporal]];
  try {
    return await ensureServers([...needed, 'kubectl'], { progress });
  } catch (error) {
    if (!(error instanceof ServersUnavailable)) throw error;
    return await ensureServers(needed, { progress });
  }
}

let given: Arguments;
try {
  given = readArguments();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n${USAGE}\n`);
  process.exit(2);
}
try {
  await main(given);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  // Temporal's runtime, once installed and never used, would keep the process alive.
  process.exit(1);
}
