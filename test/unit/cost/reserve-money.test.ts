import { describe, expect, it } from 'vitest';
import { type BudgetEntry, reserveMoney } from '../../../src/activities/reserve-money.ts';
import { createCostSource } from '../../../src/clients/cost/create-cost-source.ts';
import type { AskGuard, GuardQuestion } from '../../../src/clients/temporal/ask-guard.ts';
import type { PodScope } from '../../../src/clients/cost/price-table.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { BudgetVerdict } from '../../../src/domain/cost/cost.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { reserve } from '../../../src/domain/guards/ledger.ts';
import { type LedgerState, NEW_LEDGER, type Reserve } from '../../../src/domain/guards/ledger-state.ts';

const { cost: settings } = configSchema.parse({
  cost: {
    ...{ currency: 'EUR', cpuHour: 0.04, gibHour: 0 },
    budgets: { shop: { daily: 5, scope: 'namespace' }, teams: { daily: 5, scope: 'team' } },
  },
});

/** Ledgers as their workflows keep them. */
class Ledgers {
  readonly states = new Map<string, LedgerState>();

  readonly ask: AskGuard = <Answer>({ workflowId, input }: GuardQuestion) => {
    const moment = { now: Date.now(), rememberMs: 60_000 };
    const { state, answer } = reserve(this.states.get(workflowId) ?? NEW_LEDGER, input as Reserve, moment);
    this.states.set(workflowId, state);
    return Promise.resolve(answer as Answer);
  };
}

const four = (_: PodScope) => Promise.resolve({ cpu: 4, memory: 0 });
const away = () => Promise.reject(new MendloopError('KubernetesUnavailable', 'no answer'));

const wanting = (remediationId: string, more: Partial<BudgetEntry> = {}): BudgetEntry => ({
  remediationId,
  budget: { name: 'shop', expectedHours: 10, whenUnknown: 'escalate' },
  target: { cluster: 'default', namespace: 'production', kind: 'Deployment', name: 'api' },
  addedReplicas: 2,
  podRequests: { cpu: 1, memory: 0 },
  ...more,
});

function ask(
  ledgers: Ledgers,
  entry: BudgetEntry,
  listPodRequests: (scope: PodScope) => Promise<{ cpu: number; memory: number }> = four,
): Promise<BudgetVerdict> {
  const costSource = createCostSource({ settings, listPodRequests });
  return reserveMoney(entry, { ask: ledgers.ask, costSource, signal: new AbortController().signal });
}

describe('reserveMoney', () => {
  it('reserves added requests by unit price by duration, on top of what runs and what is held', async () => {
    const ledgers = new Ledgers();
    expect(await ask(ledgers, wanting('a'))).toEqual({
      ...{ allowed: true, budget: 'shop', currency: 'EUR', daily: 5, ledger: 'ledger/shop/production' },
      ...{ committed: 3.84, added: 0.8, outstanding: 0, projected: 4.64 },
      reason:
        '2 more Pods for 10 h cost 0.80 EUR on top of 3.84 EUR a day: 4.64 EUR is within the 5.00 EUR a day of budget shop',
    });
    const denied = await ask(ledgers, wanting('b'));
    expect(denied).toMatchObject({ allowed: false, committed: 3.84, added: 0.8, outstanding: 0.8, projected: 5.44 });
    expect(denied.reason).toContain('on top of 3.84 EUR a day and 0.80 EUR held for other changes: 5.44 EUR is over');
    expect(denied).not.toHaveProperty('ledger');
  });

  it('has a ledger for each namespace, and for each team that an alert names', async () => {
    const ledgers = new Ledgers();
    const teams = { name: 'teams', expectedHours: 1, whenUnknown: 'escalate' } as const;
    await ask(ledgers, wanting('a', { budget: teams, labels: { team: 'blue' } }));
    await ask(ledgers, wanting('b', { budget: teams, labels: { team: 'red' } }));
    expect([...ledgers.states.keys()]).toEqual(['ledger/teams/blue', 'ledger/teams/red']);
  });

  it.each([undefined, {}, { team: '' }, { team: 'a/b' }, { team: 'x'.repeat(64) }])(
    'does not guess whose budget it is: %j',
    async (labels) => {
      const teams = { name: 'teams', expectedHours: 1, whenUnknown: 'escalate' } as const;
      const verdict = await ask(new Ledgers(), wanting('a', { budget: teams, ...(labels && { labels }) }));
      expect(verdict).toMatchObject({ allowed: false, reason: expect.stringContaining('which team pays') as string });
    },
  );

  it('asks no ledger where the cost of the change is unknown', async () => {
    const ledgers = new Ledgers();
    const verdict = await ask(ledgers, wanting('a', { podRequests: { cpu: 0, memory: 0 } }));
    expect(verdict).toMatchObject({
      allowed: false,
      added: null,
      reason: expect.stringContaining('declare no CPU') as string,
    });
    expect(ledgers.states.size).toBe(0);
  });

  it('fails with what the cost source said, where a human decides about the unknown', async () => {
    await expect(ask(new Ledgers(), wanting('a'), away)).rejects.toMatchObject({ type: 'KubernetesUnavailable' });
  });

  it('allows a cheap change without the cost source where policy says so, within the day all the same', async () => {
    const ledgers = new Ledgers();
    const budget = (allowUpTo: number) => ({ name: 'shop', expectedHours: 10, whenUnknown: { allowUpTo } });
    expect(await ask(ledgers, wanting('a', { budget: budget(0.8) }), away)).toMatchObject({
      ...{ allowed: true, committed: null, added: 0.8, projected: 0.8, ledger: 'ledger/shop/production' },
    });
    expect(await ask(ledgers, wanting('b', { budget: budget(0.79) }), away)).toMatchObject({
      ...{ allowed: false, reason: expect.stringContaining('costs more than is allowed then') as string },
    });
    // Once the usage is known, it counts also while the source is down again.
    await ask(ledgers, wanting('c', { addedReplicas: 0 }));
    expect(await ask(ledgers, wanting('d', { budget: budget(0.8) }), away)).toMatchObject({
      allowed: false,
      projected: 5.44,
    });
  });

  it('knows no budget that the settings do not have', async () => {
    const budget = { name: 'constructor', expectedHours: 1, whenUnknown: { allowUpTo: 9 } };
    await expect(ask(new Ledgers(), wanting('a', { budget }))).rejects.toMatchObject({ type: 'BudgetUnknown' });
  });
});
