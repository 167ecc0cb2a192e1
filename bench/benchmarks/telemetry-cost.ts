import { join } from 'node:path';
import { packageRoot } from '../../src/stack/package-root.ts';
import { ensureServers, startCollector } from '../../src/stack/index.ts';
import { writeFile } from 'node:fs/promises';
import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { mendloopProcess } from '../contestants/mendloop-process.ts';
import { percentile } from '../report/percentile.ts';
import { DeploymentWatch } from '../world/deployment-watch.ts';
import { createTargets } from '../world/targets.ts';
import type { World } from '../world/world.ts';
import { rotated, time } from './webhook-to-patch.ts';

/** Code is compiled, connections are opened and caches filled in these. */
const WARM_UP = 8;

/** What the order allows telemetry to add to webhook-to-PATCH at p50. */
const MOST_ADDED = 0.05;

const SILENT = 'mendloop-silent';
const EXPORTING = 'mendloop-exporting';

export const telemetryCost: Benchmark = {
  name: 'telemetry-cost',
  title: 'From the webhook to the change, with and without traces and logs exported by OTLP',
  run: compare,
};

async function compare({ world, iterations, progress }: BenchContext): Promise<Findings> {
  const task = progress.start(telemetryCost.name);
  const watch = world.stack.add(await DeploymentWatch.start(world.kubernetes));
  try {
    task.update('starting a Collector and two Mendloops');
    const collector = await startDiscarding(world, progress);
    const contestants = await Promise.all([
      // Whatever the environment of the bench says holds for neither.
      mendloopProcess({ world, name: SILENT, env: { OTEL_SDK_DISABLED: 'true' } }),
      mendloopProcess({
        ...{ world, name: EXPORTING },
        env: { OTEL_SDK_DISABLED: 'false', OTEL_EXPORTER_OTLP_ENDPOINT: collector.httpUrl },
      }),
    ]);
    task.update('creating Deployments');
    const targets = await createTargets({
      ...{ kubernetes: world.kubernetes, watch, iterations: WARM_UP + iterations, prefix: 'telemetry' },
      contestants: contestants.map(({ name }) => name),
    });
    const samples = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
    for (const [index, fresh] of targets.entries()) {
      task.update(index < WARM_UP ? 'warming up' : `${index - WARM_UP + 1} of ${iterations}`);
      for (const contestant of rotated(contestants, index)) {
        const ms = await time(contestant, fresh.get(contestant.name), watch);
        if (index >= WARM_UP) samples.get(contestant.name)?.push(ms);
      }
    }
    return findings(samples);
  } finally {
    task.done();
    await watch.stop();
  }
}

/** A real Collector with Mendloop's own configuration, which counts what it gets and throws it away. */
async function startDiscarding({ directory, stack }: World, progress: BenchContext['progress']) {
  const { otelcol } = await ensureServers(['otelcol'], { progress });
  const overlay = join(directory, 'discard.yaml');
  const discarded = { exporters: ['debug'] };
  await writeFile(
    overlay,
    JSON.stringify({
      exporters: { debug: { verbosity: 'basic' } },
      service: { pipelines: { metrics: discarded, traces: discarded, logs: discarded } },
    }),
  );
  return stack.add(
    await startCollector({
      binary: otelcol,
      dataDir: directory,
      configFiles: [join(packageRoot(), 'observability', 'collector', 'collector.yaml'), overlay],
    }),
  );
}

function findings(samples: ReadonlyMap<string, readonly number[]>): Findings {
  const at = (who: string, percent: number) => percentile(samples.get(who) ?? [], percent);
  const n = samples.get(SILENT)?.length ?? 0;
  const added = at(EXPORTING, 50) / at(SILENT, 50) - 1;
  return {
    measurements: [50, 99].flatMap((percent) => [
      measured({ name: `webhook to PATCH without export, p${percent}`, unit: 'ms', value: at(SILENT, percent), n }),
      measured({
        ...{ name: `webhook to PATCH with export over without, p${percent}`, unit: 'ms', n },
        ...{ value: at(EXPORTING, percent), floor: at(SILENT, percent) },
      }),
    ]),
    notes: [
      `Exporting traces and logs adds ${(added * 100).toFixed(1)} % at p50; the target is at most ` +
        `${MOST_ADDED * 100} %: ${added <= MOST_ADDED ? 'met' : 'missed'}.`,
    ],
  };
}
