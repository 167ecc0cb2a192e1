import { afterAll, beforeAll, expect, it } from 'vitest';
import { HISTORY_SECONDS } from '../../../src/domain/precondition/precondition.ts';
import { forgetOld } from '../../../src/store/admission/forget-old.ts';
import { SqlAdmissionStore } from '../../../src/store/admission/sql-admission-store.ts';
import { type MemoryDatabase, memoryDatabase } from '../../support/store/memory-database.ts';
import { aClause, asking, leaving, OPEN } from '../../support/store/requests.ts';

let database: MemoryDatabase;
beforeAll(async () => {
  database = await memoryDatabase();
});
afterAll(() => database.close());

const [target, workload] = ['default/shop/Pod/api-1', 'default/shop/Deployment/api'] as const;
const [SECOND, DAY] = [1000, 86_400_000];

it('remembers what was changed by its action and by all objects that were locked for it, the newest first', async () => {
  let now = Date.parse('2026-11-30T08:00:00Z');
  const begin = now;
  const store = new SqlAdmissionStore({ database, limits: OPEN, now: () => now });
  const change = async (id: string, action: string, acted = true) => {
    await store.admit(asking(id, { target, locks: [workload], action, clause: aClause({ cooldownSeconds: 0 }) }));
    await store.leave(leaving(id, { acted, actedAt: now }));
    now += 10 * SECOND;
  };
  await change('first', 'delete_pod');
  await change('second', 'delete_pod');
  await change('none', 'delete_pod', false);
  await change('other', 'scale');

  const ask = (more: object = {}) =>
    store.changes({ cluster: 'default', action: 'delete_pod', objects: [workload], since: 0, ...more });
  expect(await ask()).toEqual([
    { remediationId: 'second', action: 'delete_pod', at: begin + 10 * SECOND },
    { remediationId: 'first', action: 'delete_pod', at: begin },
  ]);
  expect(await ask({ objects: ['default/shop/Deployment/other', target], since: begin })).toMatchObject([
    { remediationId: 'second' },
  ]);
  expect(await ask({ except: 'second' })).toMatchObject([{ remediationId: 'first' }]);
  expect(await ask({ action: 'scale' })).toMatchObject([{ remediationId: 'other' }]);
  expect(await ask({ action: undefined })).toMatchObject([
    { remediationId: 'other' },
    { remediationId: 'second' },
    { remediationId: 'first' },
  ]);
  expect(await ask({ cluster: 'elsewhere' })).toEqual([]);
  expect(await ask({ objects: ['default/shop/Deployment/ap'] })).toEqual([]);

  now = begin + HISTORY_SECONDS * SECOND;
  await forgetOld({ database, limits: OPEN, now: () => now });
  expect(await ask()).toHaveLength(2);
  now += DAY;
  await forgetOld({ database, limits: OPEN, now: () => now });
  expect(await ask()).toEqual([]);
});
