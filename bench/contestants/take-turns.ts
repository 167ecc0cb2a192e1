import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchContext } from '../benchmark.ts';
import type { DeploymentWatch } from '../world/deployment-watch.ts';
import { untilFiring } from '../world/prometheus.ts';
import { createTargets, type FreshTarget } from '../world/targets.ts';
import { type Contestant, TO } from './contestant.ts';

/** Code is compiled, connections are opened and caches filled in these. */
const WARM_UP = 8;

/** Milliseconds after which a contestant that has changed nothing never will. */
const PATIENCE_MS = 30_000;

/** Milliseconds of each contestant, by its name. */
export type Samples = ReadonlyMap<string, readonly number[]>;

type TurnContext = Pick<BenchContext, 'world' | 'iterations' | 'progress'>;

/**
 * Lets contestants change fresh Deployments, one after the other, and times each from the call until a watch of the API
 * server shows the change. In turns, and each time another one first, so that noise and leftovers hit all alike.
 */
export async function takeTurns(match: {
  readonly context: TurnContext;
  /** Of the benchmark. */
  readonly name: string;
  /** Of the namespaces. */
  readonly prefix: string;
  readonly contestants: (context: TurnContext) => Promise<readonly Contestant[]>;
}): Promise<Samples> {
  const { context, name, prefix } = match;
  const { world, iterations, progress } = context;
  const task = progress.start(name);
  const { watch } = world;
  try {
    task.update('starting those that compete');
    const contestants = await match.contestants(context);
    task.update('creating Deployments');
    const targets = await createTargets({
      ...{ kubernetes: world.kubernetes, watch, iterations: WARM_UP + iterations, prefix },
      contestants: contestants.map((contestant) => contestant.name),
    });
    // Every one of them is in trouble, and its source says so.
    await untilFiring(world.prometheusUrl, { prefix, expected: targets.length * contestants.length });
    const samples = new Map<string, number[]>(contestants.map((contestant) => [contestant.name, []]));
    for (const [index, fresh] of targets.entries()) {
      const turn = index < WARM_UP ? 'warming up' : `${index - WARM_UP + 1} of ${iterations}`;
      for (const contestant of rotated(contestants, index)) {
        task.update(`${turn}, ${contestant.name}`);
        const ms = await time(contestant, fresh.get(contestant.name), watch);
        if (index >= WARM_UP) samples.get(contestant.name)?.push(ms);
      }
    }
    return samples;
  } finally {
    task.done();
  }
}

async function time(contestant: Contestant, target: FreshTarget | undefined, watch: DeploymentWatch): Promise<number> {
  if (target === undefined) throw new Error(`there is no Deployment for ${contestant.name}`);
  const seen = watch.until(target.key, ({ spec }) => spec?.replicas === TO);
  const startedAt = performance.now();
  const [changedAt] = await Promise.all([Promise.race([seen, tooLate()]), contestant.begin(target)]);
  if (changedAt === undefined) {
    await contestant.finish(target); // Knows best what went wrong.
    throw new Error(`${contestant.name} did not change ${target.key} within ${PATIENCE_MS / 1000} s`);
  }
  // The next one starts on a quiet machine.
  await Promise.all([contestant.finish(target), watch.until(target.key, ({ status }) => status?.readyReplicas === TO)]);
  return changedAt - startedAt;
}

/** Settles with nothing when it is too late. Keeps no process alive. */
function tooLate(): Promise<undefined> {
  return sleep(PATIENCE_MS, undefined, { ref: false });
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
