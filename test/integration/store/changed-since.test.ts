import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAdmissionActivities } from '../../../src/activities/admission.ts';
import { SqlAdmissionStore } from '../../../src/store/admission/sql-admission-store.ts';
import { anAlert } from '../../support/alerts.ts';
import { aPlan } from '../../support/plans.ts';
import { type MemoryDatabase, memoryDatabase } from '../../support/store/memory-database.ts';
import { aClause, asking, leaving, OPEN } from '../../support/store/requests.ts';

let database: MemoryDatabase;
beforeAll(async () => {
  database = await memoryDatabase();
});
afterAll(() => database.close());

const pod = { cluster: 'default', namespace: 'shop', kind: 'Pod', name: 'api-5d4f8c7b9-x2x9k' };
const behind = { ...pod, kind: 'Deployment', name: 'api' };
const decision = { rule: 'r', verdict: 'plan', mode: 'auto', policyRevision: '1' } as const;

it('tells an alert about a target that was refused who has it, and then who has changed it since the alert began', async () => {
  const begin = Date.parse('2026-11-30T08:00:00Z');
  const store = new SqlAdmissionStore({ database, limits: OPEN, now: () => begin });
  const { admit, leave } = createAdmissionActivities({
    admission: store,
    countWorkloads: () => Promise.resolve(1),
    metrics: { guardRefused: () => undefined },
  });
  const clause = aClause({ cooldownSeconds: 0 });
  const guards = { ...aPlan().guards, cooldownSeconds: 0 };
  const plan = aPlan({ action: 'rollback_release', target: pod, parameters: {}, guards });
  const ask = async (remediationId: string, startedAt: number, of = behind) => {
    const alert = anAlert({ startsAt: new Date(startedAt).toISOString() });
    const input = { remediationId, alert, plan, decision, behind: of, only: 'target', looks: true } as const;
    const answer = await admit({ ...input, sharesWatch: true });
    await leave(leaving(remediationId, { acted: false }));
    return answer;
  };
  const target = 'default/shop/Deployment/api';
  await store.admit(asking('leader', { target, action: 'restart', clause }));
  expect(await ask('early', begin - 1000)).toEqual({ status: 'joined', leader: 'leader' });
  await store.leave(leaving('leader', { acted: true, actedAt: begin }));
  expect(await ask('late', begin - 1000)).toMatchObject({ status: 'granted', changedBy: 'leader' });
  expect(await ask('after', begin + 1000)).not.toHaveProperty('changedBy');
  expect(await ask('elsewhere', begin - 1000, { ...behind, name: 'other' })).not.toHaveProperty('changedBy');
});
