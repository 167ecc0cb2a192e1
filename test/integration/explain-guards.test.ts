import { expect, it } from 'vitest';
import { askGuards, type GuardReach } from '../../src/cli/explain/ask-guards.ts';
import { createCostSource } from '../../src/clients/cost/create-cost-source.ts';
import { createGuardPreviewer } from '../../src/clients/temporal/preview-guard.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { TargetSnapshot } from '../../src/domain/actions/effects.ts';
import { MendloopError } from '../../src/domain/failures.ts';
import { clusterGuardId, PAUSE_SIGNAL, targetGuardId } from '../../src/contract/guards.ts';
import { anAlert } from '../support/alerts.ts';
import { useGuardServer } from '../support/guards/guard-server.ts';
import { type GuardWorld, withGuards } from '../support/guards/guard-world.ts';
import { aDecision, aPlan } from '../support/plans.ts';

const guardServer = useGuardServer();

/** A member holds 24 of it. */
const DAILY = 25;

/** The reach of a worker with the world's guards, on a cluster with 2 Pods of a core each. */
function reachOf({ client, target }: GuardWorld, overrides: Partial<GuardReach> = {}): GuardReach {
  const { cost, guards } = configSchema.parse({
    guards: { blastRadius: { percent: 100 } },
    cost: { cpuHour: 1, gibHour: 0, budgets: { default: { daily: DAILY, scope: 'cluster' } } },
  });
  const snapshot: TargetSnapshot = {
    ...{ target: target('api'), uid: 'u', lever: { kind: 'replicas' }, value: 2, replicas: 2, readyReplicas: 2 },
    podRequests: { cpu: 1, memory: 0 },
  };
  return {
    ask: createGuardPreviewer(client),
    inspectTarget: () => Promise.resolve(snapshot),
    countWorkloads: () => Promise.resolve(10),
    costSource: createCostSource({ settings: cost, listPodRequests: () => Promise.resolve({ cpu: 0, memory: 0 }) }),
    limits: guards,
    signal: new AbortController().signal,
    ...overrides,
  };
}

const question = { decision: aDecision(aPlan({ budget: { name: 'default', expectedHours: 1 } })), alert: anAlert() };
const answers = async (reach: GuardReach) =>
  Object.fromEntries((await askGuards(question, reach)).map(({ guard, answer, text }) => [guard, { answer, text }]));

it('says what guards would say that nobody has asked yet, and starts none', async () => {
  await withGuards(guardServer(), async (world) => {
    const said = await answers(reachOf(world));
    expect(said).toMatchObject({
      target: { answer: 'pass' },
      cluster: { answer: 'pass' },
      budget: { answer: 'pass', text: expect.stringContaining('3 more Pods for 1 h cost 3.00') as string },
    });
    await expect(world.client.workflow.getHandle(targetGuardId(world.target('api'))).describe()).rejects.toThrow();
  });
}, 120_000);

it('says what busy, paused and spent guards would say, and leaves them as they are', async () => {
  await withGuards({ ...guardServer(), daily: DAILY }, async (world) => {
    const guards = { target: true, cluster: true, budget: true };
    const holder = await world.start({ guards, stays: true });
    await expect.poll(async () => (await holder.heard()).worked).toBe(true);
    await world.client.workflow
      .getHandle(clusterGuardId(world.cluster))
      .signal(PAUSE_SIGNAL, { by: 'ann', reason: 'x' });
    const reach = reachOf(world);
    for (let again = 0; again < 2; again += 1) {
      expect(await answers(reach)).toMatchObject({
        target: { answer: 'stop', text: `${holder.id} is at work on it: its end would be shared` },
        cluster: {
          answer: 'wait',
          text: expect.stringContaining('as number 1: All changes are paused by ann') as string,
        },
        budget: { answer: 'stop', text: expect.stringContaining('over the 25.00') as string },
      });
    }
    await holder.finish();
  });
}, 120_000);

it('tells a guard that could not be asked from one that says no', async () => {
  await withGuards(guardServer(), async (world) => {
    const gone = () => Promise.reject(new MendloopError('KubernetesUnavailable', 'no answer'));
    expect(await answers(reachOf(world, { inspectTarget: gone }))).toMatchObject({
      // The plan names its target, so that its guard can be asked all the same.
      target: { answer: 'pass' },
      cluster: { answer: 'unknown', text: 'KubernetesUnavailable: no answer' },
      budget: { answer: 'unknown', text: 'KubernetesUnavailable: no answer' },
    });
    const quote = () => {
      throw new MendloopError('BudgetUnknown', 'none');
    };
    const costSource = { ...reachOf(world).costSource, quote };
    expect(await answers(reachOf(world, { costSource }))).toMatchObject({
      budget: { answer: 'stop', text: 'BudgetUnknown: none' },
    });
    const silent = () => Promise.reject(new MendloopError('TemporalUnavailable', 'no answer'));
    expect(await answers(reachOf(world, { ask: silent }))).toMatchObject({
      target: { answer: 'unknown', text: 'TemporalUnavailable: no answer' },
    });
  });
}, 120_000);
