import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WakeUp } from '../../../src/domain/admission/admission.ts';
import type { ClusterLimits } from '../../../src/domain/guards/cluster-limits.ts';
import { SqlAdmissionStore } from '../../../src/store/admission/sql-admission-store.ts';
import { SqlGuardStore } from '../../../src/store/guards/sql-guard-store.ts';
import type { SendWakeUp, SweepRequest } from '../../../src/store/store.ts';
import { type MemoryDatabase, memoryDatabase } from '../../support/store/memory-database.ts';
import { aClause, asking, leaving, OPEN } from '../../support/store/requests.ts';

const target = 'default/shop/Deployment/api';
const waits = (id: string) => asking(id, { target, clause: aClause({ onBusy: 'wait', cooldownSeconds: 0 }) });

let database: MemoryDatabase;
let seconds: number;
beforeAll(async () => {
  database = await memoryDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.empty();
  seconds = 1_700_000_000;
});

/** A process of the installation; its wake-ups are left to the sweep unless it can send. */
function start({ limits = {}, send }: { limits?: Partial<ClusterLimits>; send?: SendWakeUp } = {}) {
  const now = () => seconds * 1000;
  const parts = { database, limits: { ...OPEN, ...limits }, now };
  const store = new SqlAdmissionStore({ ...parts, send });
  const guards = new SqlGuardStore({ ...parts, cluster: 'default', queue: store.queue });
  const sent: (readonly [string, WakeUp['kind']])[] = [];
  const sweep = async (more: Partial<SweepRequest> = {}) =>
    await store.sweep({
      isOpen: (ids) => Promise.resolve(new Set(ids)),
      send: (to, wake) => {
        sent.push([to, wake.kind]);
        return Promise.resolve('delivered');
      },
      ...more,
    });
  return { store, guards, sweep, sent };
}

describe('wake-ups', () => {
  it('are owed by the commit that causes them, and sent by the sweep where its process could not', async () => {
    const { store, sweep, sent } = start();
    for (const request of [asking('a', { target }), asking('b', { target }), waits('c')]) await store.admit(request);
    await store.leave(leaving('a'));
    expect(await sweep()).toMatchObject({ woken: 2 });
    expect(sent).toEqual([
      ['c', 'turn'],
      ['b', 'ended'],
    ]);
    expect(await sweep()).toMatchObject({ woken: 0 });
  });

  it('are sent again by the sweep when they did not arrive, and not before their sender has had his time', async () => {
    const { store, sweep, sent } = start({ send: () => Promise.reject(new Error('Temporal is away')) });
    await store.admit(asking('a', { target }));
    await store.admit(waits('b'));
    await store.leave(leaving('a'));
    await sweep();
    expect(sent).toEqual([]);
    seconds += 11;
    await sweep({ send: () => Promise.reject(new Error('Temporal is still away')) });
    seconds += 31;
    await sweep();
    expect(sent).toEqual([['b', 'turn']]);
  });

  it('are sent once by sweeps of several processes at the same time', async () => {
    const { store, sweep, sent } = start();
    await store.admit(asking('a', { target }));
    const ids = Array.from({ length: 60 }, (_, index) => `j${index}`);
    for (const id of ids) await store.admit(asking(id, { target }));
    await store.leave(leaving('a'));
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(sent.map(([to]) => to).toSorted()).toEqual(ids.toSorted());
  });

  it('to one that has ended give its turn to the next', async () => {
    const { store, sweep, sent } = start();
    for (const request of [asking('a', { target }), waits('b'), waits('c')]) await store.admit(request);
    await store.leave(leaving('a', { acted: false }));
    const send: SendWakeUp = (to, wake) => {
      sent.push([to, wake.kind]);
      return Promise.resolve(to === 'b' ? 'gone' : 'delivered');
    };
    await sweep({ send });
    await sweep({ send });
    expect(sent).toEqual([
      ['b', 'turn'],
      ['c', 'turn'],
    ]);
    expect(await store.admit(waits('c'))).toMatchObject({ status: 'granted' });
  });

  it('come one after the other when a pause ends, however many waited', async () => {
    const { store, guards, sweep, sent } = start();
    await guards.pause({ by: 'ann', reason: 'freeze' });
    for (let index = 0; index < 30; index += 1) await store.admit(asking(`w${index}`));
    expect(await guards.resume({ by: 'ann', reason: 'over' })).toBe(true);
    const rate: number[] = [];
    for (; sent.length < 30; seconds += 1) {
      const before = sent.length;
      await sweep();
      rate.push(sent.length - before);
      if (rate.length > 60) break;
    }
    expect(sent).toHaveLength(30);
    expect(Math.max(...rate)).toBeLessThanOrEqual(11);
  });
});

describe('what ended remediations hold', () => {
  const ended =
    (...gone: string[]): SweepRequest['isOpen'] =>
    (ids) =>
      Promise.resolve(new Set(ids.filter((id) => !gone.includes(id))));

  it('is freed, and counts as changed just then', async () => {
    const { store, sweep, sent } = start({ limits: { maxConcurrent: 1, overLimit: 'suppress' } });
    await store.admit(asking('a', { target }));
    await store.admit(asking('b', { target }));
    expect(await store.admit(asking('c'))).toMatchObject({ status: 'refused', reason: 'max_concurrent' });
    expect(await sweep({ isOpen: ended('a') })).toMatchObject({ freed: ['a'] });
    expect(sent).toEqual([['b', 'turn']]);
    expect(await store.admit(asking('b', { target }))).toMatchObject({ status: 'granted' });
    const acts = await database.admin('SELECT remediation_id AS id FROM mendloop.act');
    expect(acts).toEqual([{ id: 'a' }]);
  });

  it('stays with one that is open, as a paused workflow is, and with all where that cannot be known', async () => {
    const { store, sweep } = start();
    await store.admit(asking('a', { target }));
    expect(await sweep()).toMatchObject({ freed: [] });
    seconds += 60;
    const isOpen = () => Promise.reject(new Error('Temporal is away'));
    await expect(sweep({ isOpen })).rejects.toThrow('Temporal is away');
    expect(await store.admit(asking('b', { target }))).toEqual({ status: 'joined', leader: 'a' });
  });

  it('is freed also where the ended one only waited, or leads others, or was granted after its end', async () => {
    const { store, sweep } = start({ limits: { maxConcurrent: 1 } });
    await store.admit(asking('holder'));
    for (const id of ['lead', 'second']) await store.admit(asking(id, { target }));
    await sweep({ isOpen: ended('lead') });
    expect(await store.admit(asking('second', { target }))).toMatchObject({ status: 'queued' });
    // Its activity goes on after its end.
    await store.leave(leaving('holder'));
    await store.admit(asking('second', { target }));
    seconds += 60;
    expect(await sweep({ isOpen: ended('second') })).toMatchObject({ freed: ['second'] });
    expect(await store.admit(asking('next', { target }))).toMatchObject({ status: 'granted' });
  });

  it('does not leave those without a lead that had joined it', async () => {
    const { store, sweep, sent } = start();
    for (const id of ['a', 'b', 'c']) await store.admit(asking(id, { target }));
    await database.admin(`DELETE FROM mendloop.claim WHERE remediation_id = 'a'; DELETE FROM mendloop.claim_object`);
    await sweep();
    expect(sent).toEqual([['b', 'turn']]);
    expect(await store.admit(asking('c', { target }))).toEqual({ status: 'joined', leader: 'b' });
  });
});

describe('a turn', () => {
  it('that nobody takes expires in the sweep, and goes to the next', async () => {
    const { store, sweep, sent } = start();
    for (const request of [asking('a', { target }), waits('b'), waits('c')]) await store.admit(request);
    await store.leave(leaving('a'));
    await sweep();
    seconds += 59;
    expect(await sweep()).toMatchObject({ expired: 0 });
    seconds += 1;
    expect(await sweep()).toMatchObject({ expired: 1 });
    expect(sent).toEqual([
      ['b', 'turn'],
      ['c', 'turn'],
    ]);
  });

  it('comes when the hour of those before has passed', async () => {
    const { store, sweep, sent } = start({ limits: { maxActionsPerHour: 1 } });
    await store.admit(asking('a'));
    await store.leave(leaving('a'));
    await store.admit(asking('b'));
    seconds += 3599;
    await sweep();
    expect(sent).toEqual([]);
    seconds += 1;
    await sweep();
    expect(sent).toEqual([['b', 'turn']]);
  });
});

it('forgets what nothing can meet any more, and no tombstone whose incident is kept', async () => {
  const { store, sweep } = start();
  const incident = (id: string) =>
    database.admin(`
      INSERT INTO mendloop.incident (remediation_id, cluster, alert_name, fingerprint, n, last_start, opened_at)
      VALUES ('${id}', 'default', 'A', '${id}', 1, 1, 1)`);
  for (const id of ['a', 'b']) {
    await store.admit(asking(id));
    await store.leave(leaving(id));
  }
  await incident('a');
  const count = async () => {
    const tables = ['act', 'target', 'claim', 'outbox'];
    const [counts] = await database.admin(
      `SELECT ${tables.map((name) => `(SELECT count(*)::int FROM mendloop.${name}) AS ${name}`).join(', ')}`,
    );
    return counts;
  };
  await sweep();
  expect(await count()).toEqual({ act: 2, target: 2, claim: 2, outbox: 0 });
  seconds += 3 * 3600;
  await sweep();
  // Preconditions may ask for a month what was done.
  expect(await count()).toEqual({ act: 2, target: 0, claim: 2, outbox: 0 });
  seconds += 31 * 86_400;
  await sweep();
  expect(await count()).toEqual({ act: 0, target: 0, claim: 1, outbox: 0 });
  expect(await store.admit(asking('a'))).toMatchObject({ status: 'refused', reason: 'already_left' });
});
