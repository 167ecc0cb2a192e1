import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenRemediation } from '../../../src/domain/admission/reconcile.ts';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { Players } from '../../support/store/players.ts';
import { aMoneyAsk, asking, leaving, OPEN } from '../../support/store/requests.ts';
import { type PostgresBench, postgresBench } from '../audit/benches.ts';
import { placeStore, type StorePlace } from './store-benches.ts';

const target = 'default/shop/Deployment/api';
const row = (key: string) => ({
  ...{ key, at: new Date().toISOString(), actor: 'mendloop', kind: 'effect_intended' as const, data: {} },
});
const recorded = (id: string, more: Partial<AdmitRequest> = {}) => asking(id, { audit: [row(id)], ...more });
const noneElse = () => Promise.resolve(new Set<string>());
const allOpen = (ids: readonly string[]) => Promise.resolve(new Set(ids));

let bench: PostgresBench;
beforeAll(async () => {
  bench = await postgresBench();
});
afterAll(async () => {
  await (bench as PostgresBench | undefined)?.[Symbol.asyncDispose]();
});

/** Keeps a copy of a database, and puts it in the place of what it has become since. */
async function backup(place: StorePlace): Promise<{ restore(): Promise<void> }> {
  const database = place.settings.store.type === 'postgres' ? place.settings.store.database : '';
  const alone = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`;
  await bench.server(alone);
  await bench.server(`CREATE DATABASE ${database}_copy TEMPLATE ${database}`);
  return {
    restore: async () => {
      await bench.server(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`);
      await bench.server(alone);
      await bench.server(`DROP DATABASE ${database}`);
      await bench.server(`ALTER DATABASE ${database}_copy RENAME TO ${database}`);
    },
  };
}

/** The first call after the connections were cut fails. */
async function settled<T>(call: () => Promise<T>): Promise<T> {
  return await call().catch(() => call());
}

/** A copy of a disk has the identity of what it was taken of; nothing but its rows tells it. */
async function asIfOfDisk(place: StorePlace): Promise<void> {
  await place.admin('UPDATE mendloop.installation SET server = NULL');
}

const holding = (request: AdmitRequest, epoch: number, more: object = {}): OpenRemediation => ({
  ...{ remediationId: request.remediationId, cluster: request.cluster },
  holds: { asked: request, epoch, slot: true, lends: false, ...more },
});

describe('a store that lacks commits which were made', () => {
  it('admits nothing, in any process, until it agrees with what runs', async () => {
    const place = await placeStore(bench);
    const players = new Players();
    const store = await place.open({ send: players.send });
    const other = await place.open();
    await store.admission.admit(recorded('before', { target: 'default/shop/Deployment/old' }));
    const copy = await backup(place);

    // What is lost: a grant with its money, an end, a waiter, and a pause.
    const held = recorded('held', { target, money: aMoneyAsk(4) });
    const grant = await settled(() => store.admission.admit(held));
    const waiting = recorded('waits', { target });
    await store.admission.admit(waiting);
    await store.admission.admit(recorded('ended', { target: 'default/shop/Deployment/web' }));
    await store.admission.leave(leaving('ended', { audit: [row('ended/outcome')] }));
    await store.guards.pause({ by: 'ann', reason: 'freeze' });
    const { remembered } = await store.admission.sweep({ isOpen: allOpen, send: players.send });
    expect(remembered).toMatchObject({ head: { generation: 0 }, pauses: [{ order: { by: 'ann' } }] });
    if (grant.status !== 'granted') throw new Error('not granted');

    await copy.restore();
    await expect(settled(() => store.admission.admit(recorded('late', { target })))).rejects.toMatchObject({
      type: 'StoreRestored',
    });
    // A process that knows nothing of it is told by the database.
    await expect(settled(() => other.admission.admit(recorded('late', { target })))).rejects.toMatchObject({
      type: 'StoreRestored',
    });
    for (const call of [
      () => other.admission.leave(leaving('before')),
      () => other.admission.fence({ remediationId: 'held', target, epoch: grant.epoch }),
    ]) {
      await expect(call()).rejects.toMatchObject({ type: 'StoreRestored' });
    }
    expect(await other.admission.sweep({ isOpen: allOpen, send: players.send, remembered })).toMatchObject({
      ...{ restored: true, freed: [], remembered },
    });
    // A person's word counts all the same.
    await other.guards.pause({ by: 'bob', reason: 'what has happened?' });
    await other.guards.resume({ by: 'bob', reason: 'looked at it' });

    const result = await other.admission.reconcile({
      isOpen: noneElse,
      open: [holding(held, grant.epoch), { remediationId: 'waits', cluster: 'default' }],
      ended: () =>
        Promise.resolve([
          { asked: recorded('ended', { target: 'default/shop/Deployment/web' }), leave: leaving('ended') },
        ]),
      remembered,
    });
    expect(result).toMatchObject({ reinstated: ['held'], freed: ['before'], refused: [] });
    expect(result.remembered.head).toMatchObject({ generation: 1 });

    expect(await store.admission.fence({ remediationId: 'held', target, epoch: grant.epoch })).toMatchObject({
      reason: 'paused',
    });
    await other.guards.resume({ by: 'ann', reason: 'over' });
    expect(await store.admission.fence({ remediationId: 'held', target, epoch: grant.epoch })).toEqual({ open: true });
    expect(await store.admission.admit(waiting)).toEqual({ status: 'joined', leader: 'held' });
    expect(await store.admission.admit(recorded('ended'))).toMatchObject({ reason: 'already_left' });
    expect(await store.admission.admit(recorded('again', { target: 'default/shop/Deployment/web' }))).toMatchObject({
      ...{ status: 'refused', reason: 'cooldown' },
    });
    expect(await store.admission.admit(recorded('rich', { money: aMoneyAsk(2) }))).toMatchObject({ status: 'denied' });
    await store.admission.sweep({ isOpen: allOpen, send: players.send, remembered: result.remembered });
    expect(players.woken.filter(([to]) => to === 'waits')).toContainEqual(['waits', 'turn']);
    // Every later epoch is larger than any that was lost.
    const next = await store.admission.admit(held);
    expect(next.status === 'granted' && next.epoch).toBeGreaterThan(grant.epoch + 1000);
  });

  it('is told by what was remembered outside, where no process that knew it is left', async () => {
    const place = await placeStore(bench);
    const first = await openStore({ settings: place.settings, limits: OPEN, cluster: 'default' });
    await first.admission.admit(recorded('a'));
    const copy = await backup(place);
    await settled(() => first.admission.admit(recorded('b', { target })));
    const { remembered } = await first.admission.sweep({ isOpen: allOpen, send: () => Promise.resolve('delivered') });
    await first.close();
    await copy.restore();
    await asIfOfDisk(place);

    const store = await place.open();
    const sweep = (more: object = {}) =>
      store.admission.sweep({ isOpen: allOpen, send: () => Promise.resolve('delivered'), remembered, ...more });
    expect(await sweep()).toMatchObject({ restored: true });
    await expect(store.admission.admit(recorded('c', { target }))).rejects.toMatchObject({ type: 'StoreRestored' });
    const open = [holding(recorded('a'), 1), holding(recorded('b', { target }), 2)];
    const result = await store.admission.reconcile({ isOpen: noneElse, open, remembered });
    expect(result).toMatchObject({ reinstated: ['a', 'b'], freed: [] });
    // What was known of the store that is gone says nothing any more.
    expect(await sweep()).toMatchObject({ restored: false });
    expect(await store.admission.admit(recorded('c', { target }))).toEqual({ status: 'joined', leader: 'b' });
    expect(await store.admission.reconcile({ isOpen: noneElse, open: [], remembered })).toMatchObject({
      reinstated: [],
      freed: [],
    });
  });

  it('is told by its database, however little is lost, and by the first effect that comes', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    await store.admission.admit(recorded('a'));
    const copy = await backup(place);
    const held = recorded('b', { target });
    const grant = await settled(() => store.admission.admit(held));
    if (grant.status !== 'granted') throw new Error('not granted');
    await copy.restore();
    const fence = () => store.admission.fence({ remediationId: 'b', target, epoch: grant.epoch });
    await expect(settled(fence)).rejects.toMatchObject({ type: 'StoreRestored' });
    const open = [holding(recorded('a'), 1), holding(held, grant.epoch)];
    expect(await store.admission.reconcile({ isOpen: noneElse, open })).toMatchObject({ reinstated: ['a', 'b'] });
    expect(await fence()).toEqual({ open: true });
  });

  it('is told by what a remediation holds, where a copy of its disk has taken its place', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    await store.admission.admit(recorded('a', { target }));
    await store.admission.leave(leaving('gone'));
    const sweep = (more: object = {}) =>
      store.admission.sweep({ isOpen: allOpen, send: () => Promise.resolve('delivered'), ...more });
    const { remembered } = await sweep();
    expect(remembered.serverStarted).toMatch(/^\d{4}-/);
    const believing = (...ids: string[]) => ({
      open: () => Promise.resolve(['a', 'gone', 'young', ...ids]),
      holding: (asked: readonly string[]) =>
        Promise.resolve(ids.filter((id) => asked.includes(id)).map((id) => ({ remediationId: id, objects: [id] }))),
    });
    const before = { ...remembered, serverStarted: 'before' };
    // What left, what waits, and what another has by now are as they should be.
    expect(await sweep({ remembered: before, holders: believing() })).toMatchObject({ restored: false });
    expect(await sweep({ remembered: before, holders: believing(target) })).toMatchObject({ restored: false });
    // A server that has not stood still has lost nothing.
    expect(await sweep({ remembered, holders: believing('b') })).toMatchObject({ restored: false });
    expect(await sweep({ remembered: before, holders: believing('b') })).toMatchObject({ restored: true });
    await expect(store.admission.admit(recorded('c'))).rejects.toMatchObject({ type: 'StoreRestored' });
    const open = [holding(recorded('a', { target }), 1), holding(recorded('b'), 2)];
    expect(await store.admission.reconcile({ isOpen: noneElse, open, remembered: before })).toMatchObject({
      reinstated: ['a', 'b'],
    });
    expect(await sweep({ remembered: before, holders: believing('b') })).toMatchObject({ restored: false });
  });

  it('is told by the timeline of its server, before anybody has asked for what was lost', async () => {
    const place = await placeStore(bench);
    const before = await place.open();
    await before.admission.admit(recorded('a'));
    // As if the server that wrote this were another one.
    await place.admin(`UPDATE mendloop.installation SET server = '1/00000001'`);
    const after = await place.open();
    await expect(after.admission.admit(recorded('b'))).rejects.toMatchObject({ type: 'StoreRestored' });
    await expect(before.admission.admit(recorded('b'))).rejects.toMatchObject({ type: 'StoreRestored' });
    await after.admission.reconcile({ isOpen: noneElse, open: [holding(recorded('a'), 1)] });
    expect(await before.admission.admit(recorded('b'))).toMatchObject({ status: 'granted' });
    const orders = await after.audit.list({ limit: 10 });
    expect(orders.map(({ kind, data }) => [kind, data['order']])).toContainEqual(['guard', 'reconcile']);
  });

  it('lets one of two that believe to hold the same go on, and has the other ask again', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    await restored(place, store);
    const open = [holding(recorded('a', { target }), 7), holding(recorded('b', { target }), 9)];
    expect(await store.admission.reconcile({ isOpen: noneElse, open })).toMatchObject({
      reinstated: ['a'],
      refused: ['b'],
    });
    const fence = (remediationId: string, epoch: number) => store.admission.fence({ remediationId, target, epoch });
    expect(await fence('a', 7)).toEqual({ open: true });
    expect(await fence('b', 9)).toMatchObject({ open: false, reason: 'not_holder' });
    expect(await store.admission.admit(recorded('b', { target }))).toEqual({ status: 'joined', leader: 'a' });
  });

  it('leaves what it knows to one that is open and was not listed', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    await store.admission.admit(recorded('a', { target }));
    await store.admission.admit(recorded('b'));
    await restored(place, store);
    const isOpen = (ids: readonly string[]) => Promise.resolve(new Set(ids.filter((id) => id === 'a')));
    expect(await store.admission.reconcile({ open: [], isOpen })).toMatchObject({ freed: ['b'] });
    expect(await store.admission.fence({ remediationId: 'a', target, epoch: 1 })).toEqual({ open: true });
  });

  it('holds what is spent, whatever the day allows, until it is given back', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    await restored(place, store);
    const rich = ['a', 'b', 'c'].map((id) => recorded(id, { money: aMoneyAsk(4) }));
    await store.admission.reconcile({
      isOpen: noneElse,
      open: rich.map((request, index) => holding(request, index + 1)),
    });
    const [sum] = await place.admin('SELECT sum(amount)::float AS held FROM mendloop.reservation');
    expect(sum).toEqual({ held: 12 });
    expect(await store.admission.admit(recorded('d', { money: aMoneyAsk(0.1) }))).toMatchObject({ status: 'denied' });
    for (const id of ['a', 'b', 'c']) await store.admission.leave(leaving(id, { keepMoney: false }));
    expect(await store.admission.admit(recorded('d', { money: aMoneyAsk(0.1) }))).toMatchObject({ status: 'granted' });
  });

  it('is not reconciled by one that read what runs before another had done it', async () => {
    const place = await placeStore(bench);
    const [one, other] = [await place.open(), await place.open()];
    await restored(place, one);
    await one.admission.reconcile({ isOpen: noneElse, open: [] });
    await one.admission.admit(recorded('new', { target }));
    expect(await other.admission.reconcile({ isOpen: noneElse, open: [] })).toMatchObject({ freed: [] });
    expect(await other.admission.admit(recorded('later', { target }))).toEqual({ status: 'joined', leader: 'new' });
  });

  async function restored(place: StorePlace, store: Store): Promise<void> {
    await place.admin(`UPDATE mendloop.installation SET restored = 'for a test'`);
    await expect(store.admission.admit(asking('x'))).rejects.toMatchObject({ type: 'StoreRestored' });
  }
});
