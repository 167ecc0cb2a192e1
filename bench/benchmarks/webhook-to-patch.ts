import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { bareWorkflow } from '../contestants/bare-workflow.ts';
import { kubectlReceiver } from '../contestants/kubectl.ts';
import { mendloop } from '../contestants/mendloop.ts';
import { APART, mendloopApart } from '../contestants/mendloop-apart.ts';
import { patchAlone } from '../contestants/patch.ts';
import { type Samples, takeTurns } from '../contestants/take-turns.ts';
import { percentile } from '../report/percentile.ts';

/** What the order asks of Mendloop against the bare workflow at p50. */
const MOST_OF_BARE = 1.6;
/** And at p95. */
const MOST_OF_BARE_P95 = 2;

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
    contestants: async ({ world, progress }) => [
      patchAlone(world.kubernetes),
      bareWorkflow(world.temporal),
      mendloop(world),
      (await mendloopApart(world, progress)).contestant,
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
    [50, 95].map((percent) => line(name, who, percent, floor));
  const hasKubectl = samples.has('kubectl');
  const rival = hasKubectl ? at('kubectl', 50) : QUOTED_KUBECTL_MS;
  const where = hasKubectl ? 'measured in this run' : 'quoted: there is no kubectl here';
  const judged = (name: string, who: string) => {
    const [ofBare, ofBareLate, ofRival] = [
      at(who, 50) / at('workflow', 50),
      at(who, 95) / at('workflow', 95),
      at(who, 50) / rival,
    ];
    const verdict = (isMet: boolean) => (isMet ? 'met' : 'missed');
    return [
      `${name}: ${ofBare.toFixed(2)} times the bare workflow at p50; at most ${MOST_OF_BARE}: ${verdict(ofBare <= MOST_OF_BARE)}.`,
      `${name}: ${ofBareLate.toFixed(2)} times the bare workflow's p95 at p95; at most ${MOST_OF_BARE_P95}: ${verdict(ofBareLate <= MOST_OF_BARE_P95)}.`,
      `${name}: ${ofRival.toFixed(2)} times a receiver that runs kubectl scale (${rival.toFixed(0)} ms, ${where}); below 1: ${verdict(ofRival < 1)}.`,
    ];
  };
  return {
    measurements: [
      ...both('PATCH alone', 'patch'),
      ...both('bare workflow over PATCH alone', 'workflow', 'patch'),
      ...both('webhook to PATCH, as `up`, over bare workflow', 'mendloop', 'workflow'),
      ...both('webhook to PATCH, apart on PostgreSQL, over bare workflow', APART, 'workflow'),
      ...(hasKubectl ? both('receiver with kubectl scale over bare workflow', 'kubectl', 'workflow') : []),
    ],
    notes: [...judged('As `up`', 'mendloop'), ...judged('Apart', APART)],
  };
}
