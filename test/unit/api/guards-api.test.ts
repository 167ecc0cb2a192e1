import { expect, it } from 'vitest';
import { NEW_MEMORY } from '../../../src/domain/guards/target-memory.ts';
import { targetView } from '../../../src/domain/guards/target-view.ts';
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
  api.guards.targets = [{ target, state: targetView(NEW_MEMORY, { queue: [], joined: 0 }, 0) }];
  const reset = (body: object) => api.ask('/guards/targets/reset', { body });
  expect(await (await reset({ target, reason: 'mended' })).json()).toEqual({ target });
  expect(api.guards.orders).toEqual([{ what: 'reset', target, by: 'local', reason: 'mended' }]);
  expect((await reset({ target: 'default/shop/Deployment/other', reason: 'x' })).status).toBe(404);
});

it.each(['', 'api', 'default/shop/pod/api', 'default/shop/Deployment/api/x', 'a/b/c', 'default/shop/Deployment/API'])(
  'POST /guards/targets/reset answers 400 to the target %j',
  async (wrong) => {
    const api = await startPeopleApi();
    const answer = await api.ask('/guards/targets/reset', { body: { target: wrong, reason: 'x' } });
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).errors?.map(({ path }) => path)).toEqual(['target']);
    expect(api.guards.orders).toEqual([]);
  },
);
