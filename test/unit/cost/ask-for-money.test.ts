import { describe, expect, it } from 'vitest';
import { askForMoney, type MoneyQuestion } from '../../../src/activities/money.ts';
import { createCostSource } from '../../../src/clients/cost/create-cost-source.ts';
import type { PodRequestsLister } from '../../../src/clients/cost/price-table.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { aPlannedChange } from '../../support/plans.ts';

const { cost: settings } = configSchema.parse({
  cost: {
    ...{ currency: 'EUR', cpuHour: 0.04, gibHour: 0 },
    budgets: {
      shop: { daily: 5, scope: 'namespace' },
      teams: { daily: 5, scope: 'team' },
      all: { daily: 100, scope: 'cluster' },
    },
  },
});

/** 4 cores run in the namespace, 40 in the cluster. */
const running: PodRequestsLister = ({ namespace, team }) =>
  Promise.resolve({ cpu: namespace === undefined && team === undefined ? 40 : 4, memory: 0 });
const away = () => Promise.reject(new MendloopError('KubernetesUnavailable', 'no answer'));

interface Asked {
  readonly budget?: Partial<MoneyQuestion['budget']>;
  readonly adds?: MoneyQuestion['planned']['adds'] | null;
  readonly labels?: Record<string, string>;
  readonly list?: PodRequestsLister;
}

function ask({ budget, adds, labels = {}, list = running }: Asked = {}) {
  const planned = aPlannedChange();
  return askForMoney({
    costSource: createCostSource({ settings, listPodRequests: list }),
    budget: { name: 'shop', expectedHours: 10, whenUnknown: 'escalate', ...budget },
    planned: {
      target: planned.target,
      ...(adds !== null && { adds: adds ?? { cpu: 2, memory: 0, text: '2 more Pods' } }),
    },
    labels,
  });
}

const refusedFor = (why: string) => ({
  refused: { allowed: false, reason: expect.stringContaining(why) as string },
});

describe('askForMoney', () => {
  it('asks for added requests by unit price by duration, beside what runs', async () => {
    const before = Date.now();
    const answer = await ask();
    expect(answer).toEqual({
      ask: {
        ...{ budget: 'shop', scopeKind: 'namespace', scopeKey: 'production', currency: 'EUR' },
        ...{ amount: 0.8, daily: 5, usage: 3.84, change: '2 more Pods for 10 h' },
        usageMeasuredAt: expect.any(Number) as number,
        settleSeconds: expect.any(Number) as number,
      },
    });
    const { usageMeasuredAt } = (answer as { ask: { usageMeasuredAt: number } }).ask;
    expect(usageMeasuredAt).toBeGreaterThanOrEqual(before);
  });

  it('asks the whole cluster, or the team that the labels name', async () => {
    expect(await ask({ budget: { name: 'all' } })).toMatchObject({
      ask: { scopeKind: 'cluster', scopeKey: 'all', usage: 38.4, daily: 100 },
    });
    expect(await ask({ budget: { name: 'teams' }, labels: { team: 'blue' } })).toMatchObject({
      ask: { scopeKind: 'team', scopeKey: 'blue' },
    });
  });

  it('takes a team as an annotation may name it', async () => {
    const labels = { team: 'Søk & Co / 東京' };
    expect(await ask({ budget: { name: 'teams' }, labels })).toMatchObject({ ask: { scopeKey: labels.team } });
  });

  it.each([{}, { team: '' }, { team: ' ' }, { Team: 'blue' }])(
    'does not guess whose budget it is: %j',
    async (labels) => {
      expect(await ask({ budget: { name: 'teams' }, labels })).toMatchObject(refusedFor('which team pays'));
    },
  );

  it('is refused where the cost is unknown, without asking the cost source', async () => {
    const adds = { cpu: 0, memory: 0, text: '2 more Pods', undeclared: ['cpu'] as const };
    expect(await ask({ adds, list: away })).toMatchObject({
      refused: { allowed: false, added: null, reason: expect.stringContaining('declare no CPU') as string },
    });
  });

  it('asks for nothing where nothing is taken', async () => {
    expect(await ask({ adds: null, list: away })).toBeUndefined();
    expect(await ask({ adds: { cpu: -1, memory: 0, text: '1 fewer Pod' }, list: away })).toBeUndefined();
  });

  it('fails with what the cost source said, where a human decides about the unknown', async () => {
    await expect(ask({ list: away })).rejects.toMatchObject({ type: 'KubernetesUnavailable' });
  });

  it('asks for a cheap change without the cost source where policy says so', async () => {
    expect(await ask({ budget: { whenUnknown: { allowUpTo: 0.8 } }, list: away })).toMatchObject({
      ask: { amount: 0.8, usage: null, usageMeasuredAt: 0, settleSeconds: 3600 },
    });
    expect(await ask({ budget: { whenUnknown: { allowUpTo: 0.79 } }, list: away })).toMatchObject(
      refusedFor('costs more than is allowed then'),
    );
  });

  it.each(['none', 'constructor', '__proto__'])('knows no budget %s that the settings lack', async (name) => {
    const asked = ask({ budget: { name, whenUnknown: { allowUpTo: 9 } } });
    await expect(asked).rejects.toMatchObject({ type: 'BudgetUnknown' });
  });
});
