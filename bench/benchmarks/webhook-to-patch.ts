import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { bareWorkflow } from '../contestants/bare-workflow.ts';
import { kubectlReceiver } from '../contestants/kubectl.ts';
import { mendloop } from '../contestants/mendloop.ts';
import { patchAlone } from '../contestants/patch.ts';
import { type Samples, takeTurns } from '../contestants/take-turns.ts';
import { percentile } from '../report/percentile.ts';

/** What the order asks of Mendloop against the bare workflow at p50. */
const MOST_OF_BARE = 1.5;

/** A receiver with kubectl, measured elsewhere, for when there is no kubectl here. */
const QUOTED_KUBECTL_MS = 45;

export const webhookToPatch: Benchmark = {
  name: 'webhook-to-patch',
  title: 'From the webhook to the change as a watch of the API server shows it',
  run: compare,
};

async function compare({ kubectl, ...context }: BenchContext): Promise<Findings> {
  const samples = await takeTurns({
    ...{ context, name: webhookToPatch.name, prefix: 'bench' },
    contestants: async ({ world }) => [
      patchAlone(world.kubernetes),
      bareWorkflow(world.temporal),
      mendloop(world),
      ...(kubectl === undefined ? [] : [await kubectlReceiver(world, kubectl)]),
    ],
  });
  return findings(samples);
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
