import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { bareWorkflow } from '../contestants/bare-workflow.ts';
import { type Contestant, TO } from '../contestants/contestant.ts';
import { kubectlReceiver } from '../contestants/kubectl.ts';
import { mendloop } from '../contestants/mendloop.ts';
import { patchAlone } from '../contestants/patch.ts';
import { percentile } from '../report/percentile.ts';
import { DeploymentWatch } from '../world/deployment-watch.ts';
import { createTargets, type FreshTarget } from '../world/targets.ts';

/** Code is compiled, connections are opened and caches filled in these. */
const WARM_UP = 8;

/** Milliseconds after which a contestant that has changed nothing never will. */
const PATIENCE_MS = 30_000;

/** What the order asks of Mendloop against the bare workflow at p50. */
const MOST_OF_BARE = 1.5;

/** A receiver with kubectl, measured elsewhere, for when there is no kubectl here. */
const QUOTED_KUBECTL_MS = 45;

export const webhookToPatch: Benchmark = {
  name: 'webhook-to-patch',
  title: 'From the webhook to the change as a watch of the API server shows it',
  run: compare,
};

/** Milliseconds of each contestant, by its name. */
type Samples = ReadonlyMap<string, readonly number[]>;

async function compare(context: BenchContext): Promise<Findings> {
  const { world, kubectl, iterations, progress } = context;
  const task = progress.start(webhookToPatch.name);
  const watch = world.stack.add(await DeploymentWatch.start(world.kubernetes));
  const contestants = [
    patchAlone(world.kubernetes),
    bareWorkflow(world.temporal),
    mendloop(world),
    ...(kubectl === undefined ? [] : [await kubectlReceiver(world, kubectl)]),
  ];
  try {
    task.update('creating Deployments');
    const targets = await createTargets({
      ...{ kubernetes: world.kubernetes, watch, iterations: WARM_UP + iterations },
      contestants: contestants.map(({ name }) => name),
    });
    const samples = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
    for (const [index, fresh] of targets.entries()) {
      const turn = index < WARM_UP ? 'warming up' : `${index - WARM_UP + 1} of ${iterations}`;
      // In turns, and each time another one first, so that noise and leftovers hit all alike.
      for (const contestant of rotated(contestants, index)) {
        task.update(`${turn}, ${contestant.name}`);
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

export async function time(
  contestant: Contestant,
  target: FreshTarget | undefined,
  watch: DeploymentWatch,
): Promise<number> {
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

export function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function findings(samples: Samples): Findings {
  const at = (who: string, percent: number) => percentile(samples.get(who) ?? [], percent);
  const n = samples.get('patch')?.length ?? 0;
  const line = (name: string, who: string, percent: number, floor?: string) =>
    measured({
      ...{ name: `${name}, p${percent}`, unit: 'ms', value: at(who, percent), n },
      ...(floor === undefined ? {} : { floor: at(floor, percent) }),
    });
  const both = (name: string, who: string, floor?: string) =>
    [50, 99].map((percent) => line(name, who, percent, floor));
  const hasKubectl = samples.has('kubectl');
  const ofBare = at('mendloop', 50) / at('workflow', 50);
  const rival = hasKubectl ? at('kubectl', 50) : QUOTED_KUBECTL_MS;
  return {
    measurements: [
      ...both('PATCH alone', 'patch'),
      ...both('bare workflow over PATCH alone', 'workflow', 'patch'),
      ...both('webhook to PATCH over PATCH alone', 'mendloop', 'patch'),
      ...both('webhook to PATCH over bare workflow', 'mendloop', 'workflow'),
      ...(hasKubectl ? both('receiver with kubectl scale over PATCH alone', 'kubectl', 'patch') : []),
    ],
    notes: [
      `Webhook to PATCH at p50 is ${ofBare.toFixed(2)} times the bare workflow; the target is at most ${MOST_OF_BARE}: ` +
        `${ofBare <= MOST_OF_BARE ? 'met' : 'missed'}.`,
      `A receiver that runs kubectl scale takes ${rival.toFixed(0)} ms at p50 ` +
        `(${hasKubectl ? 'measured in this run' : 'quoted: there is no kubectl here'}); ` +
        `Mendloop takes ${at('mendloop', 50).toFixed(0)} ms.`,
    ],
  };
}
