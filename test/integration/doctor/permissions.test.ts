import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../../src/cli/doctor/checks/index.ts';
import { examine } from '../../../src/cli/doctor/examine.ts';
import { openWorld, type World } from '../../../src/cli/doctor/world.ts';
import { ALWAYS_READ, BUDGET_READS } from '../../../src/clients/kubernetes/always-read.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { Permission } from '../../../src/domain/actions/contract.ts';
import { ACTIONS } from '../../../src/domain/actions/index.ts';
import { startTestCluster, type TestCluster } from '../../support/cluster.ts';
import { asServiceAccount } from '../../support/service-account.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
  await cluster.human.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
});
afterAll(() => cluster.stop());

/** What doctor says of an account that may do this in the namespace shop. */
async function examined(
  permissions: readonly Permission[],
  namespaces: readonly string[],
  action: string,
  settings: object = {},
) {
  const account = { namespace: 'shop', name: `doctor-${randomUUID().slice(0, 8)}`, permissions };
  const kubernetes = await asServiceAccount(cluster, account);
  const options = { namespaces, actions: [action] };
  const world: World = {
    ...openWorld({ readConfig: () => configSchema.parse(settings), root: '.', options }),
    ...options,
  };
  Object.assign(world, { kubernetes: () => kubernetes });
  const checks = CHECKS.filter(({ category, code }) => category === 'kubernetes' || code === 'settings');
  const { checks: findings } = await examine({ checks, world });
  return Object.fromEntries(findings.map(({ code, status, details = [] }) => [code, { status, details }]));
}

const rulesOf = (action: string) => ACTIONS[action]?.permissions ?? [];

describe.each(Object.keys(ACTIONS))('an account for %s', (action) => {
  it('that has what the action and Mendloop ask for passes', async () => {
    const found = await examined([...ALWAYS_READ, ...rulesOf(action)], ['shop'], action);
    expect(found['permissions-read']).toEqual({ status: 'ok', details: [] });
    expect(found['permissions-act']).toEqual({ status: 'ok', details: [] });
  });

  it('that only reads is told each verb that it lacks, and where', async () => {
    const found = await examined(ALWAYS_READ, ['shop'], action);
    expect(found['permissions-read']?.status).toBe('ok');
    const writes = rulesOf(action).flatMap(({ resources, verbs, scope }) =>
      resources.flatMap((resource) =>
        verbs
          .filter((verb) => !['get', 'list', 'watch'].includes(verb))
          .map((verb) => ({ verb, name: resource.split('/')[0] ?? '', part: resource.split('/')[1], scope })),
      ),
    );
    const { status, details = [] } = found['permissions-act'] ?? {};
    expect(status).toBe('failed');
    for (const { verb, name, part, scope } of writes) {
      const where = scope === 'cluster' ? 'everywhere' : 'in shop';
      const wanted = new RegExp(`^may not ${verb} ${name}[.a-z]*${part === undefined ? '' : `/${part}`} ${where}$`);
      expect(details).toContainEqual(expect.stringMatching(wanted));
    }
  });
});

it('a namespace that is not opted in is named, and the one that is, is not', async () => {
  await cluster.human.create('/api/v1/namespaces', { metadata: { name: 'payment' } });
  const found = await examined([...ALWAYS_READ, ...rulesOf('scale')], ['shop', 'payment'], 'scale');
  const details = found['permissions-act']?.details ?? [];
  expect(details).toContain('may not patch deployments.apps/scale in payment');
  expect(details.filter((detail) => detail.endsWith('in shop'))).toEqual([]);
});

it("an account that cannot add up a team's Pods is told so where a budget is a team's, and only there", async () => {
  const budgets = (scope: string, more: object = {}) => ({
    cost: { budgets: { teams: { daily: 1, scope } }, ...more },
  });
  const readOf = async (permissions: readonly Permission[], settings: object) =>
    (await examined(permissions, ['shop'], 'scale', settings))['permissions-read'];
  const missing = ['may not list pods everywhere', 'may not list namespaces everywhere'];
  expect(await readOf(ALWAYS_READ, budgets('team'))).toEqual({ status: 'failed', details: missing });
  expect(await readOf(ALWAYS_READ, budgets('cluster'))).toEqual({ status: 'failed', details: missing });
  expect(await readOf([...ALWAYS_READ, ...BUDGET_READS], budgets('team'))).toMatchObject({ status: 'ok' });
  expect(await readOf(ALWAYS_READ, budgets('namespace'))).toMatchObject({ status: 'ok' });
  const http = { type: 'http', endpoint: { url: 'http://127.0.0.1:1' }, usage: '/perDay' };
  expect(await readOf(ALWAYS_READ, budgets('team', { source: http }))).toMatchObject({ status: 'ok' });
});
