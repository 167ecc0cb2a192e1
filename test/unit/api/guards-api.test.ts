import { expect, it } from 'vitest';
import { targetGuardIdOf } from '../../../src/api/guards/target-guard-id.ts';
import { budgetOfLedger, targetOfGuard } from '../../../src/domain/guards/parse-names.ts';
import { budgetLedgerId, targetGuardId } from '../../../src/domain/guards/names.ts';
import { problemOf, startPeopleApi } from './people-harness.ts';

const target = 'default/shop/Deployment/api';

it('GET /guards shows them as they are, and the pause switch turns', async () => {
  const api = await startPeopleApi();
  const paused = async () =>
    ((await (await api.ask('/guards')).json()) as { guard: { state: { paused?: unknown } } }).guard.state.paused;
  expect(await paused()).toBeUndefined();
  expect(await (await api.ask('/guards/pause', { body: { reason: 'migration' } })).json()).toEqual({ paused: true });
  expect(await paused()).toMatchObject({ by: 'local', reason: 'migration' });
  expect(await (await api.ask('/guards/resume', { body: { reason: 'done' } })).json()).toEqual({ paused: false });
  expect(await paused()).toBeUndefined();
});

it('POST /guards/targets/reset tells the guard of a target who and why', async () => {
  const api = await startPeopleApi();
  api.guards.targets = [{ target, unavailable: 'no worker' }];
  const reset = (body: object) => api.ask('/guards/targets/reset', { body });
  expect(await (await reset({ target, reason: 'mended' })).json()).toEqual({ target });
  expect(api.guards.orders).toEqual([{ what: 'reset', target, by: 'local', reason: 'mended' }]);
  expect((await reset({ target: 'default/shop/Deployment/other', reason: 'x' })).status).toBe(404);
});

it.each(['', 'api', 'default/shop/Pod/api', 'default/shop/Deployment/api/x', 'a/b/c', 'default/shop/Deployment/API'])(
  'POST /guards/targets/reset answers 400 to the target %j',
  async (wrong) => {
    const api = await startPeopleApi();
    const answer = await api.ask('/guards/targets/reset', { body: { target: wrong, reason: 'x' } });
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).errors?.map(({ path }) => path)).toEqual(['target']);
    expect(api.guards.orders).toEqual([]);
  },
);

it.each(['default', 'eu/west 1', '50%'])(
  'the names of guards in the cluster %j are read as they are written',
  (cluster) => {
    const id = targetGuardId({ cluster, namespace: 'shop', kind: 'StatefulSet', name: 'db' });
    expect(targetOfGuard(id)).toBe(`${cluster}/shop/StatefulSet/db`);
    expect(targetGuardIdOf(`${cluster}/shop/StatefulSet/db`)).toBe(id);
    expect(budgetOfLedger(budgetLedgerId({ budget: cluster, scopeKey: 'a/b' }))).toEqual({
      budget: cluster,
      scope: 'a/b',
    });
    for (const other of ['guard/cluster/default', 'guard/target/a/b/c', 'ledger/a', 'ledger/a/%E0', `${id}/x`]) {
      expect([targetOfGuard(other), budgetOfLedger(other)]).toEqual([undefined, undefined]);
    }
  },
);
