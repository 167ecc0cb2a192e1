import { setTimeout as sleep } from 'node:timers/promises';
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

/** As an activity is: what may be tried again is tried again, until it works. */
function patient(admission: AdmissionStore, failures: Set<string>): Pick<AdmissionStore, 'admit' | 'leave'> {
  async function again<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof MendloopError)) throw error;
        failures.add(error.type);
        await sleep(20);
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
    await sleep(5);
    working -= 1;
    worked += 1;
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
  const sweeping = (async () => {
    while (!done.all) {
      const isOpen = (ids: readonly string[]) => Promise.resolve(new Set(ids));
      await stores[0].admission.sweep({ isOpen, send: players.send }).catch(() => undefined);
      await sleep(100);
    }
  })();
  for (let outage = 1; outage <= 2; outage += 1) {
    await expect.poll(() => worked, { timeout: 60_000 }).toBeGreaterThan(outage * 30);
    await bench.stop();
    await expect(stores[0].admission.admit(asking('while away'))).rejects.toMatchObject({ type: 'StoreUnavailable' });
    await bench.start();
  }
  const answers = await lives;
  await sweeping;
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
  await bench.stop();
  await expect(store.admission.leave(leaving('a'))).rejects.toMatchObject({ type: 'StoreUnavailable' });
  await expect(store.admission.fence({ remediationId: 'a', target: 'x', epoch: 1 })).rejects.toMatchObject({
    type: 'StoreUnavailable',
  });
  await bench.start();
  await patient(store.admission, new Set()).leave(leaving('a', { acted: false }));
  expect(await store.admission.admit(asking('b', { target: 'default/shop/Deployment/api' }))).toMatchObject({
    status: 'granted',
  });
}, 120_000);
