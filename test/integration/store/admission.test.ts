import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/domain/audit/audit-entry.ts';
import { Players } from '../../support/store/players.ts';
import { aClause, aMoneyAsk, asking, leaving, OPEN } from '../../support/store/requests.ts';
import { type Bench, pgliteBench, postgresBench } from '../audit/benches.ts';
import { placeStore, range } from './store-benches.ts';

const target = 'default/shop/Deployment/api';

const row = (key: string): AuditEntry => ({
  ...{ key, at: new Date().toISOString(), actor: 'mendloop', kind: 'effect_intended', data: { action: 'scale' } },
});

describe.each([
  ['PostgreSQL', postgresBench],
  ['PGlite', pgliteBench],
] as const)('admission on %s', (_, makeBench) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(async () => {
    await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
  });

  it('grants one target to one of 500 that ask two processes at once, and 499 share its end', async () => {
    const place = await placeStore(bench);
    const players = new Players();
    const stores = [await place.open({ send: players.send }), await place.open({ send: players.send })] as const;
    const ids = range(500).map((index) => `r${index}`);
    const storeOf = (index: number) => stores[index % 2 === 0 ? 0 : 1].admission;
    const answers = await Promise.all(ids.map((id, index) => storeOf(index).admit(asking(id, { target }))));
    const [leader, ...others] = ids.filter((_id, index) => answers[index]?.status === 'granted');
    expect([leader !== undefined, others]).toEqual([true, []]);
    expect(answers.filter(({ status }) => status === 'joined')).toHaveLength(499);

    await stores[0].admission.leave(leaving(leader ?? '', { text: 'five more Pods helped' }));
    const followers = ids.filter((id) => id !== leader);
    for (const id of followers) expect(await players.nextWake(id)).toEqual({ kind: 'ended' });
    const ends = await Promise.all(followers.map((id, index) => storeOf(index).admit(asking(id, { target }))));
    for (const end of ends) expect(end).toMatchObject({ status: 'shared', leader, text: 'five more Pods helped' });
    const [counts] = await placeCounts(place);
    expect(counts).toMatchObject({ live: 0, gone: 500, objects: 0 });
  });

  it('lets no more than ten of 200 Deployments be changed at once, and all of them in the end', async () => {
    const place = await placeStore(bench);
    const players = new Players();
    const limits = { ...OPEN, maxConcurrent: 10 };
    const stores = [
      await place.open({ send: players.send, limits }),
      await place.open({ send: players.send, limits }),
    ] as const;
    let working = 0;
    let most = 0;
    // The first ones wait for each other, so that the limit is reached.
    const crowded = Promise.withResolvers<undefined>();
    const work = async () => {
      working += 1;
      most = Math.max(most, working);
      if (working === limits.maxConcurrent) crowded.resolve(undefined);
      await crowded.promise;
      await setImmediate();
      working -= 1;
    };
    const lives = range(200).map((index) =>
      players.live(stores[index % 2 === 0 ? 0 : 1].admission, asking(`r${index}`), { work }),
    );
    const answers = await Promise.all(lives);
    expect(answers.filter(({ status }) => status === 'granted')).toHaveLength(200);
    expect(most).toBe(10);
  });

  it('reserves no more than the day for 200 that ask at once', async () => {
    const place = await placeStore(bench);
    const stores = [await place.open(), await place.open()] as const;
    const money = aMoneyAsk(0.1, { usage: 5 });
    const answers = await Promise.all(
      range(200).map((index) => stores[index % 2 === 0 ? 0 : 1].admission.admit(asking(`r${index}`, { money }))),
    );
    expect(answers.filter(({ status }) => status === 'granted')).toHaveLength(50);
    expect(answers.filter(({ status }) => status === 'denied')).toHaveLength(150);
    const [sum] = await stores[0].database.run({ text: 'SELECT sum(amount)::text AS held FROM mendloop.reservation' });
    expect(Number(sum?.['held'])).toBe(5);
  });

  it('appends the rows of the audit log in the commit that grants, and in no other', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    await store.admission.admit(asking('a', { target, audit: [row('a/decision'), row('a/intended')] }));
    await store.admission.admit(asking('a', { target, audit: [row('a/decision'), row('a/intended')] }));
    await store.admission.admit(asking('b', { target, audit: [row('b/intended')] }));
    await store.admission.leave(leaving('a', { audit: [row('a/outcome')] }));
    const rows = await store.audit.list({ limit: 10 });
    expect(rows.map(({ key }) => key)).toEqual(['a/decision', 'a/intended', 'a/outcome']);
    expect(await store.audit.verify()).toMatchObject({ intact: true });
  });

  it('refuses what one request gets wrong, and grants those that came with it', async () => {
    const store = await (await placeStore(bench)).open();
    const wrong: AuditEntry = { ...row('b/intended'), at: 'yesterday' };
    const [a, b, c] = await Promise.allSettled([
      store.admission.admit(asking('a')),
      store.admission.admit(asking('b', { audit: [wrong] })),
      store.admission.admit(asking('c')),
    ]);
    expect([a, b, c]).toMatchObject([
      { value: { status: 'granted' } },
      { reason: { type: 'Internal' } },
      { value: { status: 'granted' } },
    ]);
  });

  it('says what it would answer, and writes nothing', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    expect(await store.admission.preview(asking('x', { target }))).toMatchObject({ status: 'granted' });
    await store.admission.admit(asking('a', { target }));
    expect(await store.admission.preview(asking('x', { target }))).toEqual({ status: 'joined', leader: 'a' });
    const waits = asking('x', { target, clause: aClause({ onBusy: 'wait' }) });
    expect(await store.admission.preview(waits)).toMatchObject({ status: 'queued', position: 1 });
    expect(await placeCounts(place)).toMatchObject([{ live: 1 }]);
  });

  it('keeps what no limit and no ledger may lose in constraints of its own', async () => {
    const place = await placeStore(bench);
    const store = await place.open();
    await store.admission.admit(asking('a', { target, money: aMoneyAsk(1) }));
    const run = (text: string) => store.database.run({ text });
    await expect(
      run(`INSERT INTO mendloop.claim_object (object, remediation_id, taken) VALUES ('${target}', 'b', true)`),
    ).rejects.toMatchObject({ type: 'Internal', message: expect.stringContaining('23505') as string });
    await expect(
      run(`INSERT INTO mendloop.reservation (budget, scope_key, remediation_id, amount, daily, since, settle_ms)
           VALUES ('shop', 'shop', 'b', 4.1, 10, 0, 0)`),
    ).rejects.toMatchObject({ type: 'Internal', message: expect.stringContaining('23514') as string });
  });

  it('may not change or remove a row of the audit log', async () => {
    const store = await (await placeStore(bench)).open();
    await store.admission.admit(asking('a', { audit: [row('a/intended')] }));
    for (const text of ['DELETE FROM mendloop_audit.record', "UPDATE mendloop_audit.record SET body = ''"]) {
      await expect(store.database.run({ text })).rejects.toMatchObject({
        message: expect.stringContaining('the login may not do this') as string,
      });
    }
  });

  async function placeCounts(place: Awaited<ReturnType<typeof placeStore>>) {
    const store = await place.open();
    const rows = await store.database.run({
      text: `SELECT count(*) FILTER (WHERE status <> 'left')::text AS live, count(*) FILTER (WHERE status = 'left')::text AS gone,
               (SELECT count(*) FROM mendloop.claim_object)::text AS objects FROM mendloop.claim`,
    });
    return rows.map((counts) => Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, Number(value)])));
  }
});
