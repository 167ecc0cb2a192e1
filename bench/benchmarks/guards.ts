import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { mendloop } from '../contestants/mendloop.ts';
import { UNGUARDED, unguarded } from '../contestants/unguarded.ts';
import { percentile } from '../report/percentile.ts';
import { DeploymentWatch } from '../world/deployment-watch.ts';
import { createTargets } from '../world/targets.ts';
import { rotated, time } from './webhook-to-patch.ts';

/** Code is compiled, connections are opened and caches filled in these. */
const WARM_UP = 8;

/** What guards may add to webhook-to-PATCH at p50, in milliseconds. */
const MOST_MS = 15;

const GUARDED = 'mendloop';

export const guards: Benchmark = {
  name: 'guards',
  title: 'From the webhook to the change, with and without guards',
  run: compare,
};

async function compare({ world, iterations, progress }: BenchContext): Promise<Findings> {
  const task = progress.start(guards.name);
  const watch = world.stack.add(await DeploymentWatch.start(world.kubernetes));
  try {
    task.update('starting a Mendloop without guards');
    const contestants = [mendloop(world), await unguarded(world)];
    task.update('creating Deployments');
    const targets = await createTargets({
      ...{ kubernetes: world.kubernetes, watch, iterations: WARM_UP + iterations, prefix: 'guards' },
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

function findings(samples: ReadonlyMap<string, readonly number[]>): Findings {
  const at = (who: string, percent: number) => percentile(samples.get(who) ?? [], percent);
  const n = samples.get(GUARDED)?.length ?? 0;
  const added = at(GUARDED, 50) - at(UNGUARDED, 50);
  return {
    measurements: [50, 99].flatMap((percent) => [
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
