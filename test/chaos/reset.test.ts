import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Applied, installAppliers, MAY_SUSPEND } from '../support/installation/applied.ts';
import { Incident, PROOF_FAILS } from '../support/installation/incidents.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { guardsOf, orderPause } from '../support/installation/people.ts';
import { Place, resetTo } from '../support/installation/reset.ts';

let installation: PostgresInstallation;

beforeAll(async () => {
  installation = await startPostgresInstallation({
    gated: true,
    settings: () => ({ targets: { namespaces: ['*'], gitOps: MAY_SUSPEND } }),
  });
  await installAppliers(installation);
  await installation.startApi();
  await installation.startWorker();
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

/** How its incident ended, as the store has it. */
async function endOf(incident: Incident): Promise<unknown> {
  const [row] = await installation.store.sql(
    `SELECT outcome FROM mendloop.incident WHERE remediation_id = '${incident.id()}'`,
  );
  return row?.['outcome'];
}

const reset = (incident: Incident, place: Place) => resetTo(installation.client, incident.id(), place);

async function whilePaused(work: () => Promise<void>): Promise<void> {
  await orderPause(installation, 'pause');
  try {
    await work();
  } finally {
    await orderPause(installation, 'resume');
  }
}

/** It runs in the run that it was reset into, and is held back there. */
async function isHeldBack(incident: Incident): Promise<void> {
  await expect
    .poll(() => incident.status())
    .toMatchObject({ step: 'admitting', summary: expect.stringContaining('paused') as string });
}

async function isCured(incident: Incident): Promise<void> {
  await incident.untilStep('verifying');
  incident.recover();
  await incident.untilStep('watching');
  await incident.send('resolved');
  expect(await incident.outcome()).toMatchObject({
    outcome: 'remediated',
    effect: { changed: true, moved: { before: 2, after: 5 } },
  });
}

async function isGrantedNothing(incident: Incident): Promise<void> {
  const end = await incident.outcome();
  expect(end).toMatchObject({ outcome: 'suppressed' });
  expect(end.summary).toContain('has given everything back before');
}

/** Both kinds of change: to a number, and by a number. */
describe.each([
  ['to a number', { to: '5' }],
  ['by a number', { add: '3' }],
])('a remediation that scales %s and is reset to its beginning', (_, labels) => {
  it.each([
    ['before the act', 'request'],
    ['when the act is done, and not heard of', 'answer'],
  ] as const)('%s, acts once', async (__, what) => {
    const incident = await Incident.prepare(installation, labels);
    const act = installation.hold({ method: 'PATCH', path: /\/scale\?/, what });
    await incident.send();
    await act.reached;
    await reset(incident, Place.Beginning);
    // What the run that was reset had under way comes late, beside what the new one does.
    await incident.untilStep('verifying');
    act.release();
    await isCured(incident);
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('before the act, during a pause, is not granted anything from memory', async () => {
    const incident = await Incident.prepare(installation, labels);
    await whilePaused(async () => {
      await incident.send();
      await isHeldBack(incident);
      await reset(incident, Place.Beginning);
      await isHeldBack(incident);
      expect(await incident.scaled()).toEqual([2]);
    });
    await isCured(incident);
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('after the act, does not act again', async () => {
    const incident = await Incident.prepare(installation, labels);
    await incident.send();
    await incident.untilStep('verifying');
    await reset(incident, Place.Beginning);
    await isCured(incident);
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('after the act, undoes what it did when that does not help', async () => {
    const incident = await Incident.prepare(installation, { ...labels, ...PROOF_FAILS });
    await incident.send();
    await incident.untilStep('verifying');
    await reset(incident, Place.Beginning);
    expect(await incident.outcome()).toMatchObject({ outcome: 'rolled_back', compensation: { status: 'restored' } });
    expect(await incident.scaled()).toEqual([2, 5, 2]);
    await incident.send('resolved');
  });

  it('after the act, during a pause, waits, and goes on with what it did', async () => {
    const incident = await Incident.prepare(installation, labels);
    await incident.send();
    await incident.untilStep('verifying');
    await whilePaused(async () => {
      await reset(incident, Place.Beginning);
      await isHeldBack(incident);
      expect(await incident.scaled()).toEqual([2, 5]);
    });
    await isCured(incident);
    expect(await incident.scaled()).toEqual([2, 5]);
  });
});

describe('a remediation that is reset', () => {
  it('after the act and the end of its alert, proves what it did', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await incident.send('resolved');
    await expect.poll(async () => (await incident.status())?.alertResolved, { timeout: 90_000 }).toBe(true);
    await reset(incident, Place.Beginning);
    incident.recover();
    expect(await incident.outcome()).toMatchObject({ outcome: 'remediated', effect: { changed: true } });
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('to its proof, goes on from there', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await reset(incident, Place.AfterAct);
    await isCured(incident);
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('after its cure, has nothing left to do', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await isCured(incident);
    await reset(incident, Place.Beginning);
    await isGrantedNothing(incident);
    expect(await endOf(incident)).toBe('remediated');
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('after its cure, to its proof, finds it cured', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await isCured(incident);
    await reset(incident, Place.AfterAct);
    expect(await incident.outcome()).toMatchObject({ outcome: 'remediated' });
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('long after its cure, to its proof, leaves alone what it holds no more, though the alert is back', async () => {
    const incident = await Incident.prepare(installation, PROOF_FAILS);
    await incident.send();
    await isCured(incident);
    await incident.relapse();
    await reset(incident, Place.AfterAct);
    expect(await incident.outcome()).toMatchObject({ outcome: 'escalated', compensation: { status: 'left_alone' } });
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('after it was rolled back, is granted nothing, also during a pause', async () => {
    const incident = await Incident.prepare(installation, PROOF_FAILS);
    await incident.send();
    expect(await incident.outcome()).toMatchObject({ outcome: 'rolled_back' });
    await reset(incident, Place.Beginning);
    await isGrantedNothing(incident);
    await whilePaused(async () => {
      await reset(incident, Place.Beginning);
      await isGrantedNothing(incident);
    });
    expect(await incident.scaled()).toEqual([2, 5, 2]);
    // It stays with the human who was told: its alert, which still fires, is not entered again.
    expect(await endOf(incident)).toBe('rolled_back');
    const { guard } = await guardsOf(installation);
    expect(guard.state).toMatchObject({ holders: [], queue: [] });
    await incident.send('resolved');
  });

  it('after it was rolled back, to its proof, finds that nothing of it stands', async () => {
    const incident = await Incident.prepare(installation, PROOF_FAILS);
    await incident.send();
    expect(await incident.outcome()).toMatchObject({ outcome: 'rolled_back' });
    await reset(incident, Place.AfterAct);
    expect(await incident.outcome()).toMatchObject({ outcome: 'rolled_back' });
    expect(await incident.scaled()).toEqual([2, 5, 2]);
    await incident.send('resolved');
  });
});

/** What applies the target out of Git is never left paused. */
describe.each(['argocd', 'flux'] as const)('a remediation that pauses %s and is reset', (tool) => {
  it('after its end, pauses nothing again', async () => {
    const applied = await Applied.prepare(installation, tool);
    const { incident } = applied;
    await incident.send();
    await incident.untilStep('verifying');
    await applied.isPaused();
    await isCured(incident);
    await applied.isAsBefore();
    await reset(incident, Place.AfterAct);
    expect(await incident.outcome()).toMatchObject({ outcome: 'remediated' });
    await applied.isAsBefore();
    await reset(incident, Place.Beginning);
    await isGrantedNothing(incident);
    await applied.isAsBefore();
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('when it is paused, and nothing is done yet, puts back with the end', async () => {
    const applied = await Applied.prepare(installation, tool);
    const { incident } = applied;
    const pause = installation.hold({ ...applied.change, what: 'answer' });
    await incident.send();
    await pause.reached;
    await applied.isPaused();
    await reset(incident, Place.Beginning);
    await incident.untilStep('verifying');
    pause.release();
    await isCured(incident);
    await applied.isAsBefore();
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('while the change stands, puts back with the end', async () => {
    const applied = await Applied.prepare(installation, tool, PROOF_FAILS);
    const { incident } = applied;
    await incident.send();
    await incident.untilStep('verifying');
    await reset(incident, Place.Beginning);
    expect(await incident.outcome()).toMatchObject({ outcome: 'rolled_back' });
    await applied.isAsBefore();
    expect(await incident.scaled()).toEqual([2, 5, 2]);
    await incident.send('resolved');
  });

  it('or is held back by an order to pause between that and the act, puts back with the end', async () => {
    const applied = await Applied.prepare(installation, tool);
    const { incident } = applied;
    const pause = installation.hold({ ...applied.change, what: 'answer' });
    await incident.send();
    await pause.reached;
    await whilePaused(async () => {
      pause.release();
      await isHeldBack(incident);
      await applied.isPaused();
      await incident.send('resolved');
      expect(await incident.outcome()).toMatchObject({ outcome: 'already_healthy' });
    });
    await applied.isAsBefore();
    expect(await incident.scaled()).toEqual([2]);
  });
});
