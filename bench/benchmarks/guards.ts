import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { mendloop } from '../contestants/mendloop.ts';
import { type Samples, takeTurns } from '../contestants/take-turns.ts';
import { UNGUARDED, unguarded } from '../contestants/unguarded.ts';
import { percentile } from '../report/percentile.ts';

/** What guards may add to webhook-to-PATCH at p50, in milliseconds. */
const MOST_MS = 12;

const GUARDED = 'mendloop';

export const guards: Benchmark = {
  name: 'guards',
  title: 'From the webhook to the change, with and without admission',
  run: compare,
};

async function compare(context: BenchContext): Promise<Findings> {
  const samples = await takeTurns({
    ...{ context, name: guards.name, prefix: 'guards' },
    contestants: async ({ world }) => [mendloop(world), await unguarded(world)],
  });
  return findings(samples);
}

function findings(samples: Samples): Findings {
  const at = (who: string, percent: number) => percentile(samples.get(who) ?? [], percent);
  const n = samples.get(GUARDED)?.length ?? 0;
  const added = at(GUARDED, 50) - at(UNGUARDED, 50);
  return {
    measurements: [50, 95].flatMap((percent) => [
      measured({ name: `webhook to PATCH without guards, p${percent}`, unit: 'ms', value: at(UNGUARDED, percent), n }),
      measured({
        ...{ name: `webhook to PATCH with guards over without, p${percent}`, unit: 'ms', n },
        ...{ value: at(GUARDED, percent), floor: at(UNGUARDED, percent) },
      }),
    ]),
    notes: [
      `Guards add ${added.toFixed(1)} ms at p50; the target is at most ${MOST_MS} ms: ` +
        `${added <= MOST_MS ? 'met' : 'missed'}.`,
    ],
  };
}
