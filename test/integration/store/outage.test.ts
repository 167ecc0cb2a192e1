import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MendloopError } from '../../../src/domain/failures.ts';
import type { AdmissionStore } from '../../../src/store/store.ts';
import { Players } from '../../support/store/players.ts';
import { aMoneyAsk, asking, leaving, OPEN } from '../../support/store/requests.ts';
import { type PostgresBench, postgresBench } from '../audit/benches.ts';
import { placeStore, range } from './store-benches.ts';

let bench: PostgresBench;
beforeAll(async () => {
  bench = await postgresBench();
});
afterAll(async () => {
  await (bench as PostgresBench | undefined)?.[Symbol.asyncDispose]();
});

/** Settles when the server runs, as far as these tests have stopped it. */
let running: Promise<unknown> = Promise.resolve();

async function outage(during: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  running = promise;
  await bench.stop();
  await during();
  await bench.start();
  resolve(undefined);
}

/** As an activity is: what may be tried again is tried again, until it works. */
function patient(admission: AdmissionStore, failures: Set<string>): Pick<AdmissionStore, 'admit' | 'leave'> {
  async function again<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof MendloopError)) throw error;
        failures.add(error.type);
        await running;
        await setImmediate();
      }
    }
  }
  return {
    admit: (request) => again(() => admission.admit(request)),
    leave: (request) => again(() => admission.leave(request)),
  };
}

it('remediations wait while the server is away, and go on when it is back: nothing is lost, nothing twice', async () => {
  const place = await placeStore(bench, { timeoutSeconds: 2 });
  const players = new Players();
  const limits = { ...OPEN, maxConcurrent: 5 };
  const stores = [
    await place.open({ send: players.send, limits }),
    await place.open({ send: players.send, limits }),
  ] as const;
  const failures = new Set<string>();
  let working = 0;
  let most = 0;
  let worked = 0;
  const work = async () => {
    working += 1;
    most = Math.max(most, working);
    await setImmediate();
    worked += 1;
    // In the middle of the work of some, and of the questions of others.
    if (worked === 30 || worked === 60) {
      await outage(async () => {
        const away = stores[0].admission.admit(asking('while away'));
        await expect(away).rejects.toMatchObject({ type: 'StoreUnavailable' });
      });
    }
    working -= 1;
  };
  const done = { all: false };
  const lives = Promise.all(
    range(120).map((index) =>
      players.live(
        patient(stores[index % 2 === 0 ? 0 : 1].admission, failures),
        asking(`r${index}`, { money: aMoneyAsk(0.01) }),
        {
          work,
        },
      ),
    ),
  ).finally(() => {
    done.all = true;
  });
  // What a process could not send is sent by the sweep.
  const swept = async () => {
    const isOpen = (ids: readonly string[]) => Promise.resolve(new Set(ids));
    await stores[0].admission.sweep({ isOpen, send: players.send }).catch(() => undefined);
    return done.all;
  };
  await expect.poll(swept, { timeout: 120_000, interval: 100 }).toBe(true);
  const answers = await lives;
  expect(answers.map(({ status }) => status)).toEqual(range(120).map(() => 'granted'));
  expect(most).toBeLessThanOrEqual(5);
  expect(failures).toEqual(new Set(['StoreUnavailable']));
  const [counts] = await place.admin(`
    SELECT count(*) FILTER (WHERE status = 'left')::int AS gone, (SELECT count(*)::int FROM mendloop.act) AS acts
    FROM mendloop.claim WHERE remediation_id LIKE 'r%'`);
  expect(counts).toEqual({ gone: 120, acts: 120 });
  expect(await stores[0].audit.verify()).toMatchObject({ intact: true });
}, 240_000);

it('a leave that is owed is kept by whoever owes it, and frees everything when the server is back', async () => {
  const place = await placeStore(bench, { timeoutSeconds: 2 });
  const store = await place.open();
  await store.admission.admit(asking('a', { target: 'default/shop/Deployment/api' }));
  await outage(async () => {
    await expect(store.admission.leave(leaving('a'))).rejects.toMatchObject({ type: 'StoreUnavailable' });
    await expect(store.admission.fence({ remediationId: 'a', target: 'x', epoch: 1 })).rejects.toMatchObject({
      type: 'StoreUnavailable',
    });
  });
  await patient(store.admission, new Set()).leave(leaving('a', { acted: false }));
  expect(await store.admission.admit(asking('b', { target: 'default/shop/Deployment/api' }))).toMatchObject({
    status: 'granted',
  });
}, 120_000);
