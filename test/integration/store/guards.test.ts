import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aClause, aMoneyAsk, asking, leaving, OPEN } from '../../support/store/requests.ts';
import { type Bench, pgliteBench, postgresBench } from '../audit/benches.ts';
import { placeStore } from './store-benches.ts';

const target = 'default/shop/Deployment/api';
const ann = { by: 'ann', reason: 'release freeze' };

describe.each([
  ['PostgreSQL', postgresBench],
  ['PGlite', pgliteBench],
] as const)('the guards on %s', (_, makeBench) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(async () => {
    await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
  });

  it('are shown as they are: holders, those in line, breakers, cooldowns, and money', async () => {
    const store = await (await placeStore(bench)).open({ limits: { ...OPEN, maxConcurrent: 2 } });
    const { admission, guards } = store;
    expect(await guards.overview()).toMatchObject({
      cluster: 'default',
      guard: { state: { limits: { maxConcurrent: 2 }, holders: [], queue: [], actionsInLastHour: 0, recent: [] } },
      ...{ targets: [], ledgers: [], truncated: false },
    });
    const breaker = { failures: 1, windowSeconds: 600, openSeconds: 600 };
    await admission.admit(asking('failed', { target: `${target}-2`, clause: aClause({ breaker }) }));
    await admission.leave(leaving('failed', { outcome: 'rolled_back' }));
    await admission.admit(asking('a', { target, money: aMoneyAsk(3) }));
    await admission.admit(asking('b', { target }));
    await admission.admit(asking('c', { target, clause: aClause({ onBusy: 'wait' }) }));
    await admission.admit(asking('d'));
    await admission.admit(asking('e', { severity: 'critical' }));
    const overview = await guards.overview();
    const { holders, queue, actionsInLastHour, recent } = overview.guard.state;
    expect(holders.map(({ remediationId }) => remediationId)).toEqual(['a', 'd']);
    expect(queue.map(({ remediationId }) => remediationId)).toEqual(['e', 'c']);
    expect(actionsInLastHour).toBe(1);
    expect(recent.at(-1)?.text).toBe('Granted to d for default/shop/Deployment/d');
    const stateOf = (name: string) => overview.targets.find((reading) => reading.target === name)?.state;
    expect(stateOf(target)).toMatchObject({
      ...{ holder: { remediationId: 'a', action: 'scale' }, queue: [{ remediationId: 'c' }], joined: 1 },
      breaker: { status: 'closed', failures: 0 },
    });
    expect(stateOf(`${target}-2`)).toMatchObject({
      ...{ queue: [], joined: 0, breaker: { status: 'open', failures: 1 }, cooldowns: [{ action: 'scale' }] },
    });
    expect(stateOf(`${target}-2`)).not.toHaveProperty('holder');
    expect(overview.ledgers).toMatchObject([
      {
        ...{ budget: 'shop', scope: 'shop' },
        state: { daily: 10, currency: 'EUR', reading: { usage: 5 }, held: 3, reservations: [{ remediationId: 'a' }] },
      },
    ]);
    await admission.leave(leaving('a', { what: 'lend' }));
    const [lent] = (await guards.overview()).targets.filter((reading) => reading.target === target);
    expect(lent?.state.holder).toHaveProperty('yieldsSince');
  });

  it('take orders of people, who are in the audit log with their reason', async () => {
    const store = await (await placeStore(bench)).open();
    const { admission, guards, audit } = store;
    await guards.pause(ann);
    expect((await guards.overview()).guard.state.paused).toMatchObject(ann);
    expect(await admission.admit(asking('a', { target }))).toMatchObject({ status: 'queued' });
    expect(await guards.resume({ by: 'bob', reason: 'over' })).toBe(true);
    expect(await guards.resume({ by: 'bob', reason: 'over' })).toBe(false);
    expect((await guards.overview()).guard.state).not.toHaveProperty('paused');

    expect(await guards.reset({ target, order: ann })).toBe(false);
    await admission.admit(asking('a', { target }));
    await admission.leave(leaving('a', { outcome: 'rolled_back' }));
    expect(await admission.admit(asking('b', { target }))).toMatchObject({ reason: 'cooldown' });
    expect(await guards.reset({ target, order: ann })).toBe(true);
    expect(await admission.admit(asking('b', { target }))).toMatchObject({ status: 'granted' });

    const rows = await audit.list({ limit: 10 });
    expect(rows.map(({ actor, kind, data }) => [actor, kind, data['order'], data['reason']])).toEqual([
      ['ann', 'guard', 'pause', 'release freeze'],
      ['bob', 'guard', 'resume', 'over'],
      ['ann', 'guard', 'reset', 'release freeze'],
    ]);
    expect(rows[2]).toMatchObject({ target });
  });

  it('of one cluster are not those of another', async () => {
    const place = await placeStore(bench);
    const [east, west] = [await place.open({ cluster: 'east' }), await place.open({ cluster: 'west' })];
    await east.guards.pause(ann);
    expect(await west.admission.admit(asking('a', { cluster: 'west' }))).toMatchObject({ status: 'granted' });
    expect(await west.admission.admit(asking('b', { cluster: 'east' }))).toMatchObject({ status: 'queued' });
    expect((await west.guards.overview()).guard.state).not.toHaveProperty('paused');
  });
});
