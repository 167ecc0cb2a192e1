import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagedProcess } from '../../dev/stack/index.ts';
import { CrashLooping, crashLoopStages } from '../support/installation/crash-looping.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { effectOn } from '../support/installation/one-effect.ts';
import { guardsOf } from '../support/installation/people.ts';
import { PATIENCE_MS } from '../support/patience.ts';

let installation: PostgresInstallation;
let worker: ManagedProcess;

beforeAll(async () => {
  installation = await startPostgresInstallation({
    gated: true,
    stages: [await crashLoopStages()],
    policy: ['policy', 'test/support/installation/ladders'],
    settings: () => ({
      cost: { cpuHour: 1, gibHour: 0, budgets: { default: { daily: 1000, scope: 'namespace' } } },
    }),
  });
  [worker] = await Promise.all([installation.startWorker(), installation.startApi()]);
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

/** What guards the target that a remediation holds. */
async function guarded(incident: Incident) {
  const { targets } = await guardsOf(installation);
  const found = targets.find(({ target }) => target.includes(`/${incident.namespace}/Deployment/`));
  return found?.state;
}

const isHeld = async (incident: Incident) => {
  expect((await guarded(incident))?.holder).toMatchObject({ remediationId: incident.id() });
};

/** Every change that counts towards rates, by the remediation. */
async function actsOf(incident: Incident): Promise<unknown[]> {
  const rows = await installation.store.sql(
    `SELECT action FROM mendloop.act WHERE remediation_id = '${incident.id()}' ORDER BY at`,
  );
  return rows.map(({ action }) => action);
}

/** Money that is kept for it, with whether it is spent. */
async function moneyOf(incident: Incident): Promise<unknown[]> {
  const rows = await installation.store.sql(
    `SELECT amount::float8 AS amount, committed_at IS NOT NULL AS spent FROM mendloop.reservation
     WHERE remediation_id = '${incident.id()}'`,
  );
  return rows.map(({ amount, spent }) => [Math.round(Number(amount) * 1000) / 1000, spent]);
}

/** The audit log's steps of it that are about effects, in their order. */
async function effectsAudited(incident: Incident): Promise<string[]> {
  const rows = await installation.store.sql(
    `SELECT key FROM mendloop_audit.record WHERE remediation_id = '${incident.id()}'
     AND kind IN ('effect_done', 'compensation', 'outcome') ORDER BY seq`,
  );
  return rows.map(({ key }) => String(key).slice(incident.id().length + 1));
}

const rungOf = async (incident: Incident) => (await incident.status())?.ladder?.rung;

describe('a ladder whose worker is killed between two of its rungs', () => {
  it('holds its target, undoes once, acts once by the next, and counts and pays for what it did', async () => {
    const [crashing, slow] = await Promise.all([CrashLooping.prepare(installation), Incident.prepare(installation)]);
    const { incident: crash } = crashing;
    await Promise.all([crash.send(), slow.send()]);
    await Promise.all([crash.untilStep('verifying'), slow.untilStep('verifying')]);
    await crashing.untilIs({ size: 'twenty', revision: '3' });
    expect(await slow.scaled()).toEqual([2, 5]);
    expect(await moneyOf(slow)).toEqual([[0.3, false]]);
    // The first has acted, and does not help. The second of one is asked for, and the undo of the other is not heard of.
    const rollback = installation.hold({
      ...{ method: 'PATCH', what: 'request' },
      path: new RegExp(`/${crash.namespace}/deployments/${crash.name}\\?`),
    });
    const undo = installation.hold({ ...effectOn(slow), what: 'answer' });
    // What comes meanwhile waits for the same end.
    const sibling = await crashing.sibling();
    await sibling.send();
    await sibling.untilStep('joined');
    await Promise.all([rollback.reached, undo.reached]);
    await worker.kill();
    for (const held of [rollback, undo]) held.drop();

    await Promise.all([isHeld(crash), isHeld(slow)]);
    await crashing.untilIs({ size: 'twenty', revision: '3' });
    expect(await slow.scaled()).toEqual([2, 5, 2]);

    worker = await installation.startWorker();
    await expect.poll(() => rungOf(slow), { timeout: PATIENCE_MS }).toBe(2);
    await slow.untilStep('verifying');
    await isHeld(slow);
    // By its own cooldown another scaling of it would be refused.
    expect((await guarded(slow))?.cooldowns).toMatchObject([{ action: 'scale' }]);
    expect(await moneyOf(slow)).toEqual([[0.2, false]]);
    slow.recover();
    await Promise.all([crash.untilStep('watching'), slow.untilStep('watching')]);
    await Promise.all([crash.send('resolved'), sibling.send('resolved'), slow.send('resolved')]);

    expect(await crash.outcome()).toMatchObject({
      outcome: 'remediated',
      effect: { changed: true, text: expect.stringContaining('to revision 1') as string },
      ladder: { rung: 2, of: 2, tried: [{ rung: 1, action: 'restart', acted: true }] },
    });
    await crashing.untilIs({ size: '20', revision: '4' });
    expect(await actsOf(crash)).toEqual(['restart', 'rollback_release']);
    expect(await effectsAudited(crash)).toEqual(['act/done', 'rung-2/act/done', 'outcome']);
    expect(await sibling.outcome()).toMatchObject({ outcome: 'joined', leader: crash.id() });
    expect(await actsOf(sibling)).toEqual([]);

    expect(await slow.outcome()).toMatchObject({
      outcome: 'remediated',
      effect: { moved: { before: 2, after: 4 } },
      ladder: { rung: 2, tried: [{ rung: 1, action: 'scale', acted: true, undo: expect.any(String) as string }] },
    });
    expect(await slow.scaled()).toEqual([2, 5, 2, 4]);
    expect(await actsOf(slow)).toEqual(['scale', 'scale']);
    expect(await moneyOf(slow)).toEqual([[0.2, true]]);
    expect(await effectsAudited(slow)).toEqual(['act/done', 'compensation', 'rung-2/act/done', 'outcome']);
    const { guard } = await guardsOf(installation);
    expect(guard.state).toMatchObject({ holders: [], queue: [], actionsInLastHour: 4 });
  }, 600_000);
});
