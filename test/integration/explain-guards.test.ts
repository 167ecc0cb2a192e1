import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCalendar } from '../../src/domain/windows/calendar.ts';
import { someWindows } from '../support/windows.ts';
import { askGuards, type GuardReach } from '../../src/cli/explain/ask-guards.ts';
import type { PlannedChange } from '../../src/domain/actions/contract.ts';
import { createCostSource } from '../../src/clients/cost/create-cost-source.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { CheckLook } from '../../src/domain/verification/check.ts';
import { MendloopError } from '../../src/domain/failures.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { anAlert } from '../support/alerts.ts';
import { aDecision, aPlan, aPlannedChange } from '../support/plans.ts';
import { aMoneyAsk, asking, leaving } from '../support/store/requests.ts';

/** Money that may be spent a day; three Pods of a core each cost 3 of it. */
const DAILY = 25;
const { cost, guards: limits } = configSchema.parse({
  guards: { blastRadius: { percent: 100 } },
  cost: { cpuHour: 1, gibHour: 0, budgets: { default: { daily: DAILY, scope: 'cluster' } } },
});

const planned = aPlannedChange({}, { podRequests: { cpu: 1, memory: 0 } });
const TARGET = 'default/production/Deployment/order-service';

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-explain-'));
  const { audit: settings } = configSchema.parse({ audit: { store: { type: 'embedded', folder } } });
  store = await openStore({ settings, limits, cluster: 'default' });
});

afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** The reach of a worker, on a cluster with the flash sale's Deployment. */
function reach(overrides: Partial<GuardReach> = {}): GuardReach {
  return {
    planChange: () => Promise.resolve(planned),
    countWorkloads: () => Promise.resolve(10),
    lookAtChecks: () => Promise.resolve(undefined),
    costSource: createCostSource({ settings: cost, listPodRequests: () => Promise.resolve({ cpu: 0, memory: 0 }) }),
    window: () => undefined,
    preview: (request) => store.admission.preview(request),
    ...overrides,
  };
}

const plan = aPlan({ budget: { name: 'default', expectedHours: 1 } });

async function answers(guards: GuardReach, of = plan) {
  const said = await askGuards({ decision: aDecision(of), alert: anAlert() }, guards);
  return Object.fromEntries(said.map(({ guard, answer, text }) => [guard, { answer, text }]));
}

const like = (text: string) => expect.stringContaining(text) as string;

describe('what guards would say', () => {
  it.each([
    [{ meanwhile: 'observe' }, 'stop', 'it would be observed'],
    [{ meanwhile: 'wait' }, 'stop', 'longer than the plan waits: a human would be told'],
    [{ kind: 'hours', from: '2099-01-05T09:00', until: '2099-01-05T17:00' }, 'stop', 'longer than the plan waits'],
  ])('of a window %j that holds it back is that: %s', async (override, answer, text) => {
    const around = { from: '2026-01-01T00:00', until: '2027-01-01T00:00', rule: 'FREQ=YEARLY', namespaces: ['prod*'] };
    const calendar = createCalendar(someWindows({ ...around, name: 'release', ...override }));
    const said = await answers(reach({ window: (scope) => calendar.refusal(scope, Date.now()) }));
    expect(said['window']).toEqual({ answer, text: like(text) });
    expect(said['window']?.text).toContain('release');
    const elsewhere = createCalendar(someWindows({ ...around, namespaces: ['test'] }));
    expect(await answers(reach({ window: (scope) => elsewhere.refusal(scope, Date.now()) }))).not.toHaveProperty(
      'window',
    );
  });

  it('of a target that no remediation has asked for is yes, and nothing is remembered of the question', async () => {
    expect(await answers(reach())).toEqual({
      target: { answer: 'pass', text: 'scale Deployment production/order-service 2 -> 5' },
      admission: { answer: 'pass', text: 'the target is free, within all limits' },
      budget: { answer: 'pass', text: like('3 more Pods for 1 h cost 3.00') },
    });
    expect(await store.guards.overview()).toMatchObject({ targets: [], ledgers: [] });
    expect(await store.audit.list({ limit: 10 })).toEqual([]);
  });

  it('of a busy target is to share the end of the one at work, or to wait for it', async () => {
    await store.admission.admit(asking('holder', { target: TARGET, namespace: 'production' }));
    for (let again = 0; again < 2; again += 1) {
      expect(await answers(reach())).toMatchObject({
        admission: { answer: 'wait', text: 'holder is at work on it: its end would be shared' },
      });
    }
    expect(await answers(reach(), { ...plan, guards: { ...plan.guards, onBusy: 'wait' } })).toMatchObject({
      admission: { answer: 'wait', text: like('as number 1: The target is busy with holder') },
    });
    expect((await store.guards.overview()).targets).toMatchObject([
      { target: TARGET, state: { joined: 0, queue: [] } },
    ]);
  });

  it('soon after a change is when the same action may be taken again', async () => {
    await store.admission.leave(leaving('holder'));
    expect(await answers(reach())).toMatchObject({
      admission: { answer: 'wait', text: like('Too soon after the last scale of the target: not before') },
    });
    await store.guards.reset({ target: TARGET, order: { by: 'ann', reason: 'mended' } });
  });

  it('during a pause is to wait for its end', async () => {
    await store.guards.pause({ by: 'ann', reason: 'migration' });
    expect(await answers(reach())).toMatchObject({
      admission: { answer: 'wait', text: like('as number 1: All changes are paused by ann: migration') },
    });
    await store.guards.resume({ by: 'ann', reason: 'done' });
    expect(await answers(reach())).toMatchObject({ admission: { answer: 'pass' } });
  });

  it('where the day is spent is no', async () => {
    const money = aMoneyAsk(24, { budget: 'default', scopeKind: 'cluster', scopeKey: 'all', daily: DAILY, usage: 0 });
    expect(await store.admission.admit(asking('spender', { money }))).toMatchObject({ status: 'granted' });
    expect(await answers(reach())).toMatchObject({ budget: { answer: 'stop', text: like('over the 25.00') } });
    await store.admission.leave(leaving('spender', { acted: false, keepMoney: false }));
    expect(await answers(reach())).toMatchObject({ budget: { answer: 'pass' } });
  });

  it('are asked about what comes first, too, and say where it is not needed', async () => {
    const target = { namespace: 'production', kind: 'PodDisruptionBudget', name: 'order-service' };
    const of = aPlan({ prelude: { action: 'relax_pdb', target, maxSeconds: 60 } });
    const before = aPlannedChange({ title: 'relax the budget', target: { cluster: 'default', ...target } });
    const saidOf = (prelude: () => Promise<PlannedChange>) =>
      answers(
        reach({ planChange: ({ action }) => (action === 'relax_pdb' ? prelude() : Promise.resolve(planned)) }),
        of,
      );
    expect((await saidOf(() => Promise.resolve(before)))['target']).toEqual({
      answer: 'pass',
      text: `relax the budget, then ${planned.title}`,
    });
    const unneeded = () => Promise.reject(new MendloopError('NotIndicated', 'it allows 1'));
    expect((await saidOf(unneeded))['target']?.text).toBe(`${planned.title}; not needed: it allows 1`);
  });

  it('of a change that is made already is that there is none', async () => {
    const done = aPlannedChange({}, { replicas: 5 });
    expect(await answers(reach({ planChange: () => Promise.resolve(done) }))).toEqual({
      target: { answer: 'pass', text: like('nothing would be changed') },
    });
  });
});

describe('a guard that could not be asked is told from one that says no', () => {
  const fails = (type: ConstructorParameters<typeof MendloopError>[0]) => () =>
    Promise.reject(new MendloopError(type, 'no answer'));

  it('where the cluster is away', async () => {
    const asks = aPlan({ approval: { deadlineSeconds: 60 } });
    expect(await answers(reach({ planChange: fails('KubernetesUnavailable') }), asks)).toEqual({
      target: { answer: 'unknown', text: 'KubernetesUnavailable: no answer' },
      approval: { answer: 'wait', text: '1 of any approver would be asked, and have 60 s' },
    });
    expect(await answers(reach({ countWorkloads: fails('KubernetesUnavailable') }))).toMatchObject({
      target: { answer: 'pass' },
      admission: { answer: 'unknown', text: 'KubernetesUnavailable: no answer' },
    });
  });

  it('where the action refuses the target', async () => {
    expect(await answers(reach({ planChange: fails('TargetNotFound') }))).toEqual({
      target: { answer: 'stop', text: 'TargetNotFound: no answer' },
    });
  });

  it('where the store is away', async () => {
    expect(await answers(reach({ preview: fails('StoreUnavailable') }))).toMatchObject({
      target: { answer: 'pass' },
      admission: { answer: 'unknown', text: 'StoreUnavailable: no answer' },
    });
  });

  it('where the cost cannot be known', async () => {
    const { costSource } = reach();
    const quote = () => {
      throw new MendloopError('BudgetUnknown', 'none');
    };
    expect(await answers(reach({ costSource: { ...costSource, quote } }))).toMatchObject({
      admission: { answer: 'pass' },
      budget: { answer: 'stop', text: 'BudgetUnknown: none' },
    });
  });
});

describe('what proves a cure beside PromQL', () => {
  const look = (status: CheckLook['status'], text: string) => ({ at: 0, status, text });
  const proven = (objective: object | undefined, ...looks: CheckLook[]) => {
    const verification = { ...(objective && { objective }), conditions: [{ kind: 'ready' }] };
    const of = aPlan({ verification });
    return answers(reach({ lookAtChecks: () => Promise.resolve(looks) }), of);
  };
  const objective = aPlan().verification.objective;

  it('is told as it is now', async () => {
    const { proof } = await proven(undefined, look('holds', 'claim bound'), look('fails', '1 of 2 ready'));
    expect(proof).toEqual({ answer: 'pass', text: '1 of 2 ready' });
  });

  it('stops what would be proven by what holds already, unless PromQL has a say', async () => {
    const holding = look('holds', '2 of 2 ready');
    expect((await proven(undefined, holding))['proof']).toEqual({
      answer: 'stop',
      text: '2 of 2 ready: that holds already',
    });
    expect((await proven(objective, holding))['proof']).toMatchObject({ answer: 'pass' });
  });

  it('is not known where it cannot be looked at', async () => {
    const { proof } = await proven(undefined, look('fails', '1 of 2 ready'), look('unknown', 'no answer in time'));
    expect(proof).toEqual({ answer: 'unknown', text: 'no answer in time' });
  });
});
