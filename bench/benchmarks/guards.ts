import { WithStartWorkflowOperation, type Workflow } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createGuardActivities } from '../../src/activities/guards.ts';
import { createCostSource } from '../../src/clients/cost/create-cost-source.ts';
import { countWorkloads } from '../../src/clients/kubernetes/count-workloads.ts';
import { sumPodRequests } from '../../src/clients/kubernetes/sum-pod-requests.ts';
import { guardTaskQueue } from '../../src/domain/guards/names.ts';
import { guardsClauseSchema } from '../../src/domain/plan/guards-clause.ts';
import type { ScaleTarget } from '../../src/domain/target.ts';
import { BARE_TASK_QUEUE } from '../bare/bare-worker.ts';
import { ANSWER_UPDATE } from '../bare/names.ts';
import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { percentile } from '../report/percentile.ts';
import type { World } from '../world/world.ts';

/** Guards are started, and code is compiled, in these. */
const WARM_UP = 20;

/** What the order allows guards to add to webhook-to-PATCH at p50, in milliseconds. */
const MOST_MS = 15;

const TARGET: ScaleTarget = { cluster: 'bench', namespace: 'default', kind: 'Deployment', name: 'guarded' };

export const guards: Benchmark = {
  name: 'guards',
  title: 'Passing the guards: the target, then cluster and budget beside each other',
  run: measure,
};

async function measure({ world, iterations, progress }: BenchContext): Promise<Findings> {
  const task = progress.start(guards.name);
  const times = { bare: [] as number[], target: [] as number[], rest: [] as number[], all: [] as number[] };
  const pass = passer(world);
  try {
    for (let serial = 0; serial < WARM_UP + iterations; serial += 1) {
      task.update(serial < WARM_UP ? 'warming up' : `${serial - WARM_UP + 1} of ${iterations}`);
      const bare = await timed(() => askBare(world, serial));
      const { target, rest } = await pass(`remediation/Bench/${serial}/1`);
      if (serial < WARM_UP) continue;
      times.bare.push(bare);
      times.target.push(target);
      times.rest.push(rest);
      times.all.push(target + rest);
    }
  } finally {
    task.done();
  }
  return findings(times);
}

/** The real guards of the world's worker, entered as remediations do. */
function passer({ temporal, config, kubernetes }: World) {
  const activities = createGuardActivities({
    client: temporal.client,
    taskQueue: guardTaskQueue(config.temporal.taskQueue),
    limits: config.guards,
    costSource: createCostSource({
      settings: config.cost,
      listPodRequests: (scope) => sumPodRequests(kubernetes, scope),
    }),
    countWorkloads: (scope) => countWorkloads(kubernetes, scope),
  });
  const clause = guardsClauseSchema.parse({});
  const budget = { name: 'default', expectedHours: 1, whenUnknown: 'escalate' as const };
  const podRequests = { cpu: 0.001, memory: 1024 ** 2 };
  const inContext = <I, O>(activity: (input: I) => Promise<O>, input: I) =>
    new MockActivityEnvironment().run<[I], O, (input: I) => Promise<O>>(activity, input);

  return async (remediationId: string) => {
    const entry = { remediationId, target: TARGET, alertKey: remediationId, action: 'scale', clause };
    const target = await timed(() => inContext(activities.enterTarget, entry));
    let ledger: string | undefined;
    const rest = await timed(async () => {
      const [answer, verdict] = await Promise.all([
        inContext(activities.enterCluster, { remediationId, target: TARGET }),
        inContext(activities.reserveBudget, { remediationId, budget, target: TARGET, addedReplicas: 1, podRequests }),
      ]);
      if (answer.status !== 'granted' || !verdict.allowed) throw new Error(`the guards refuse: ${verdict.reason}`);
      ledger = verdict.ledger;
    });
    const leave = { remediationId, outcome: 'denied', text: 'bench', acted: false } as const;
    await inContext(activities.leaveGuards, {
      ...{ leave, target: TARGET, cluster: TARGET },
      ...(ledger === undefined ? {} : { ledger: { id: ledger, keep: false } }),
    });
    return { target, rest };
  };
}

/** The least that an answer of an entity workflow takes. */
async function askBare({ temporal }: World, serial: number): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation<Workflow>('bareEntity', {
    ...{ workflowId: 'bench/entity', taskQueue: BARE_TASK_QUEUE, args: [] },
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await temporal.client.workflow.executeUpdateWithStart<Workflow, number, [number]>(ANSWER_UPDATE, {
    ...{ startWorkflowOperation, updateId: `bench-${serial}`, args: [serial] },
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function findings(times: Readonly<Record<'bare' | 'target' | 'rest' | 'all', readonly number[]>>): Findings {
  const line = (name: string, who: keyof typeof times, percent: number, floor?: keyof typeof times) =>
    measured({
      ...{ name: `${name}, p${percent}`, unit: 'ms', value: percentile(times[who], percent), n: times[who].length },
      ...(floor === undefined ? {} : { floor: percentile(times[floor], percent) }),
    });
  const all = percentile(times.all, 50);
  return {
    measurements: [50, 99].flatMap((percent) => [
      line('bare update with start', 'bare', percent),
      line('target guard over bare update', 'target', percent, 'bare'),
      line('cluster guard beside ledger over bare update', 'rest', percent, 'bare'),
      line('all guards over bare update', 'all', percent, 'bare'),
    ]),
    notes: [
      `All guards together take ${all.toFixed(1)} ms at p50, called from outside a workflow; the target is at most ` +
        `${MOST_MS} ms: ${all <= MOST_MS ? 'met' : 'missed'}.`,
    ],
  };
}
