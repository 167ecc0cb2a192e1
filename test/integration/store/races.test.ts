import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MendloopError } from '../../../src/domain/failures.ts';
import { SqlAdmissionStore } from '../../../src/store/admission/sql-admission-store.ts';
import type { Database } from '../../../src/store/database.ts';
import { openDatabase } from '../../../src/store/open-database.ts';
import { aMoneyAsk, asking, leaving, OPEN } from '../../support/store/requests.ts';
import { type Bench, pgliteBench, postgresBench } from '../audit/benches.ts';

const target = 'default/shop/Deployment/api';

/** A database whose commits can be held up, or whose answers can be lost. */
function troubled(database: Database) {
  const trouble = {
    /** Awaited before each commit. */
    beforeCommit: () => Promise.resolve(),
    /** What was committed is not heard. */
    losesAnswers: false,
  };
  const wrapped: Pick<Database, 'run'> = {
    run: async (statement) => {
      const isCommit = statement.prepare === 'commit_admission';
      if (isCommit) await trouble.beforeCommit();
      const rows = await database.run(statement);
      if (isCommit && trouble.losesAnswers) throw new MendloopError('StoreUnavailable', 'the answer was lost');
      return rows;
    },
  };
  return { trouble, store: new SqlAdmissionStore({ database: wrapped, limits: OPEN }) };
}

describe.each([
  ['PostgreSQL', postgresBench],
  ['PGlite', pgliteBench],
] as const)('on %s', (_, makeBench) => {
  let bench: Bench;
  let database: Database;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(async () => {
    await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    database = await openDatabase((await bench.place()).settings);
    return () => database.close();
  });

  const held = async () =>
    (await database.run({ text: `SELECT remediation_id AS id FROM mendloop.claim WHERE status = 'held'` })).map(
      ({ id }) => id,
    );

  it('a grant whose answer was lost is given again, and only the last one opens the fence', async () => {
    const { trouble, store } = troubled(database);
    trouble.losesAnswers = true;
    await expect(store.admit(asking('a', { target, money: aMoneyAsk(3) }))).rejects.toMatchObject({
      type: 'StoreUnavailable',
    });
    trouble.losesAnswers = false;
    const again = await store.admit(asking('a', { target, money: aMoneyAsk(3) }));
    expect(again).toMatchObject({ status: 'granted', budget: { outstanding: 0, projected: 8 } });
    const epoch = again.status === 'granted' ? again.epoch : 0;
    const fence = (of: number) => store.fence({ remediationId: 'a', target, epoch: of });
    expect(await fence(epoch)).toEqual({ open: true });
    expect(await fence(epoch - 1)).toMatchObject({ open: false, reason: 'not_holder' });
    expect(await held()).toEqual(['a']);
  });

  it('a request to be admitted that commits after its own leave grants nothing', async () => {
    const slow = troubled(database);
    const other = troubled(database);
    const left = Promise.withResolvers<undefined>();
    slow.trouble.beforeCommit = () => left.promise;
    const late = slow.store.admit(asking('a', { target }));
    await other.store.leave(leaving('a', { outcome: 'cancelled', acted: false }));
    left.resolve(undefined);
    expect(await late).toMatchObject({ status: 'refused', reason: 'already_left' });
    expect(await held()).toEqual([]);
    expect(await other.store.admit(asking('b', { target }))).toMatchObject({ status: 'granted' });
  });

  it('of two that have both seen the target free, one is granted and the other joins it', async () => {
    const [one, other] = [troubled(database), troubled(database)];
    const bothHaveRead = Promise.withResolvers<undefined>();
    let readers = 0;
    for (const { trouble } of [one, other]) {
      trouble.beforeCommit = async () => {
        readers += 1;
        if (readers === 2) bothHaveRead.resolve(undefined);
        await bothHaveRead.promise;
      };
    }
    const answers = await Promise.all([
      one.store.admit(asking('a', { target })),
      other.store.admit(asking('b', { target })),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['granted', 'joined']);
  });

  it('of two that both want the last money, one is granted', async () => {
    const [one, other] = [troubled(database), troubled(database)];
    const bothHaveRead = Promise.withResolvers<undefined>();
    let readers = 0;
    for (const { trouble } of [one, other]) {
      trouble.beforeCommit = async () => {
        readers += 1;
        if (readers === 2) bothHaveRead.resolve(undefined);
        await bothHaveRead.promise;
      };
    }
    // Of two clusters, which meet at their budget only.
    const answers = await Promise.all([
      one.store.admit(asking('a', { cluster: 'east', money: aMoneyAsk(3) })),
      other.store.admit(asking('b', { cluster: 'west', money: aMoneyAsk(3) })),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['denied', 'granted']);
  });

  it('an effect of a run that was reset is fenced off by the grant to the one after it', async () => {
    const { store } = troubled(database);
    const before = await store.admit(asking('a', { target }));
    const after = await store.admit(asking('a', { target }));
    if (before.status !== 'granted' || after.status !== 'granted') throw new Error('not granted');
    expect(after.epoch).toBeGreaterThan(before.epoch);
    const fences = [before, after].map(({ epoch }) => store.fence({ remediationId: 'a', target, epoch }));
    expect(await Promise.all(fences)).toMatchObject([{ open: false, reason: 'not_holder' }, { open: true }]);
    await store.leave(leaving('a'));
    // Reset after the end.
    expect(await store.admit(asking('a', { target }))).toMatchObject({ status: 'refused', reason: 'already_left' });
    expect(await store.fence({ remediationId: 'a', target, epoch: after.epoch })).toMatchObject({ open: false });
  });

  it('a leave whose answer was lost changes nothing when it is told again', async () => {
    const { trouble, store } = troubled(database);
    await store.admit(asking('a', { target, money: aMoneyAsk(1) }));
    trouble.losesAnswers = true;
    await expect(store.leave(leaving('a'))).rejects.toMatchObject({ type: 'StoreUnavailable' });
    trouble.losesAnswers = false;
    await store.leave(leaving('a', { outcome: 'escalated', keepMoney: false }));
    const [counts] = await database.run({
      text: `SELECT (SELECT count(*) FROM mendloop.act)::text AS acts, (SELECT count(*) FROM mendloop.reservation)::text AS money`,
    });
    expect(counts).toEqual({ acts: '1', money: '1' });
  });
});
