import { afterAll, beforeAll, expect, it } from 'vitest';
import { SqlAdmissionStore } from '../../../src/store/admission/sql-admission-store.ts';
import { SqlGuardStore } from '../../../src/store/guards/sql-guard-store.ts';
import { type MemoryDatabase, memoryDatabase } from '../../support/store/memory-database.ts';
import { asking, leaving, OPEN } from '../../support/store/requests.ts';

let database: MemoryDatabase;
beforeAll(async () => {
  database = await memoryDatabase();
});
afterAll(() => database.close());

it('is open for the holder at its epoch, and says why where it is not', async () => {
  const store = new SqlAdmissionStore({ database, limits: OPEN });
  const guards = new SqlGuardStore({ database, limits: OPEN, cluster: 'default', queue: store.queue });
  const target = 'default/shop/Deployment/api';
  const locks = ['default/-/Node/n1'];
  const id = 'remediation/default/Throttled/0123456789abcdef/1';
  const granted = await store.admit(asking(id, { target, locks }));
  if (granted.status !== 'granted') throw new Error('not granted');
  const fence = (more: object = {}) => store.fence({ remediationId: id, target, epoch: granted.epoch, ...more });

  expect(await fence()).toEqual({ open: true });
  expect(await fence({ target: locks[0] })).toEqual({ open: true });
  expect(await fence({ target: 'default/shop/Deployment/other' })).toMatchObject({ reason: 'not_holder' });
  expect(await fence({ remediationId: 'another' })).toMatchObject({ reason: 'not_holder' });
  expect(await fence({ epoch: granted.epoch + 1 })).toMatchObject({ reason: 'not_holder' });
  await store.admit(asking('waits', { target }));
  expect(await fence({ remediationId: 'waits', epoch: 0 })).toMatchObject({ reason: 'not_holder' });

  await guards.pause({ by: 'ann', reason: 'freeze' });
  expect(await fence()).toEqual({
    ...{ open: false, reason: 'paused', text: 'All changes are paused by ann: freeze' },
  });
  await guards.resume({ by: 'ann', reason: 'over' });
  await store.leave(leaving(id, { what: 'slot' }));
  expect(await fence()).toEqual({ open: true }); // A lease goes on without a slot.

  await database.admin(`
    INSERT INTO mendloop.incident (remediation_id, cluster, alert_name, fingerprint, n, last_start, opened_at)
    VALUES ('${id}', 'default', 'Throttled', '0123456789abcdef', 1, 1, 1)`);
  expect(await fence()).toEqual({ open: true });
  await database.admin(`UPDATE mendloop.incident SET end_heard_at = 2 WHERE remediation_id = '${id}'`);
  expect(await fence()).toMatchObject({ open: false, reason: 'resolved' });

  await store.leave(leaving(id, { outcome: 'suppressed', enterAgainAt: 1234 }));
  expect(await fence()).toMatchObject({ reason: 'not_holder' });
  const [incident] = await database.run({
    text: `SELECT outcome, enter_again_at::text AS again, ended_at IS NOT NULL AS ended FROM mendloop.incident`,
  });
  expect(incident).toEqual({ outcome: 'suppressed', again: '1234', ended: true });
});

it('answers many at once, in their order', async () => {
  const store = new SqlAdmissionStore({ database, limits: OPEN });
  const ids = Array.from({ length: 50 }, (_, index) => `f${index}`);
  const grants = await Promise.all(ids.map((id) => store.admit(asking(id))));
  const answers = await Promise.all(
    ids.map((remediationId, index) => {
      const grant = grants[index];
      const epoch = grant?.status === 'granted' ? grant.epoch : 0;
      const target = `default/shop/Deployment/${remediationId}`;
      return store.fence({ remediationId, target, epoch: index % 2 === 0 ? epoch : epoch + 1 });
    }),
  );
  expect(answers.map(({ open }) => open)).toEqual(ids.map((_id, index) => index % 2 === 0));
});
