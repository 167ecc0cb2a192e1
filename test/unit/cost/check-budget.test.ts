import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { createCostActivities } from '../../../src/activities/cost.ts';
import { createCostSource } from '../../../src/clients/cost/create-cost-source.ts';
import type { PodRequestsLister } from '../../../src/clients/cost/price-table.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { MendloopError } from '../../../src/domain/failures.ts';

const { cost: settings } = configSchema.parse({
  cost: {
    currency: 'EUR',
    cpuHour: 0.04,
    gibHour: 0,
    budgets: { shop: { daily: 5, scope: 'namespace' }, all: { daily: 100, scope: 'cluster' } },
  },
});

/** 4 cores run in the namespace, 40 in the cluster. */
const listPodRequests: PodRequestsLister = ({ namespace }) =>
  Promise.resolve(
    namespace === undefined ? { cpu: 40, memory: 0 } : { cpu: namespace === 'production' ? 4 : 0, memory: 0 },
  );

const question = (name: string) => ({
  budget: { name, expectedHours: 10, whenUnknown: 'escalate' as const },
  target: { cluster: 'default', namespace: 'production', kind: 'Deployment', name: 'order-service' } as const,
  addedReplicas: 3,
  podRequests: { cpu: 1, memory: 0 },
});

function ask(name: string, lister = listPodRequests) {
  const activities = createCostActivities({ costSource: createCostSource({ settings, listPodRequests: lister }) });
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
    activities.checkBudget,
    question(name),
  );
}

describe('checkBudget', () => {
  it("counts the Pods of the target's namespace", async () => {
    expect(await ask('shop')).toMatchObject({ allowed: false, committed: 3.84, added: 1.2, daily: 5, currency: 'EUR' });
  });

  it('counts the Pods of the cluster', async () => {
    expect(await ask('all')).toMatchObject({ allowed: true, committed: 38.4, added: 1.2, daily: 100 });
  });

  it.each(['none', 'constructor', '__proto__'])('fails for good with BudgetUnknown: %s', async (name) => {
    await expect(ask(name)).rejects.toMatchObject({ type: 'BudgetUnknown', nonRetryable: true });
  });

  it('passes on why the Pods could not be listed', async () => {
    const away = () => Promise.reject(new MendloopError('KubernetesUnavailable', 'away'));
    await expect(ask('shop', away)).rejects.toMatchObject({ type: 'KubernetesUnavailable', nonRetryable: false });
  });
});
