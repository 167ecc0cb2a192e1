import { join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';
import { ensureServers, startCollector } from '../../dev/stack/index.ts';
import { writeFile } from 'node:fs/promises';
import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { mendloopProcess } from '../contestants/mendloop-process.ts';
import { type Samples, takeTurns } from '../contestants/take-turns.ts';
import { percentile } from '../report/percentile.ts';
import type { World } from '../world/world.ts';

/** What the order allows telemetry to add to webhook-to-PATCH at p50. */
const MOST_ADDED = 0.05;

const SILENT = 'mendloop-silent';
const EXPORTING = 'mendloop-exporting';

export const telemetryCost: Benchmark = {
  name: 'telemetry-cost',
  title: 'From the webhook to the change, with and without traces and logs exported by OTLP',
  run: compare,
};

async function compare(context: BenchContext): Promise<Findings> {
  const samples = await takeTurns({
    ...{ context, name: telemetryCost.name, prefix: 'telemetry' },
    contestants: async ({ world, progress }) => {
      const collector = await startDiscarding(world, progress);
      return await Promise.all([
        // Whatever the environment of the bench says holds for neither.
        mendloopProcess({ world, name: SILENT, env: { OTEL_SDK_DISABLED: 'true' } }),
        mendloopProcess({
          ...{ world, name: EXPORTING },
          env: { OTEL_SDK_DISABLED: 'false', OTEL_EXPORTER_OTLP_ENDPOINT: collector.httpUrl },
        }),
      ]);
    },
  });
  return findings(samples);
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

function findings(samples: Samples): Findings {
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
