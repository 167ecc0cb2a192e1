import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagedProcess } from '../../dev/stack/index.ts';
import type { Stopped } from '../support/installation/api-gate.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type Installation, startInstallation } from '../support/installation/installation.ts';

let installation: Installation;
let api: ManagedProcess;
let worker: ManagedProcess;

beforeAll(async () => {
  installation = await startInstallation({ gated: true });
  // The first to come has the store open, so that the others have to take it over when it is killed.
  api = await installation.startApi();
  worker = await installation.startWorker();
});

afterAll(async () => {
  await (installation as Installation | undefined)?.stop();
});

/** What changes the replicas of its Deployment: the act, and the undo. */
function effectOn({ namespace }: Incident): Pick<Stopped, 'method' | 'path'> {
  return { method: 'PATCH', path: new RegExp(`/${namespace}/deployments/[^/]+/scale\\?`) };
}

/** The effect happened once, and is known for what it was. */
async function endsWell(incident: Incident): Promise<void> {
  await incident.untilStep('verifying', { timeout: 120_000 });
  incident.recover();
  await incident.untilStep('watching', { timeout: 120_000 });
  await incident.send('resolved');
  expect(await incident.outcome()).toMatchObject({
    outcome: 'remediated',
    effect: { changed: true, moved: { before: 2, after: 5 } },
  });
  expect(await incident.scaled()).toEqual([2, 5]);
  expect(await incident.remediations()).toEqual([incident.id()]);
}

describe('a crash is a pause', () => {
  it('of the API, while a remediation runs: the worker takes the store over', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await api.kill();
    incident.recover();
    await incident.untilStep('watching', { timeout: 120_000 });
    api = await installation.startApi();
    await incident.send('resolved');
    expect(await incident.outcome()).toMatchObject({ outcome: 'remediated' });
    expect(await incident.scaled()).toEqual([2, 5]);
  });

  it('of the worker, before the alert comes: the webhook takes it all the same', async () => {
    await worker.kill();
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.remediation();
    expect(await incident.scaled()).toEqual([2]);
    worker = await installation.startWorker();
    await endsWell(incident);
  });

  it('of Temporal, while the proof is taken', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await installation.killTemporal();
    await installation.restartTemporal();
    await endsWell(incident);
  });

  // One crash for all four: what was under way is missed only after its time has passed.
  it('of the worker: after the grant, after the act, during the proof, and after the undo', async () => {
    const prepare = () => Incident.prepare(installation);
    const [granted, acted, proving, undone] = await Promise.all([prepare(), prepare(), prepare(), prepare()]);
    await undone.send();
    await undone.untilStep('verifying');
    const undo = installation.hold({ ...effectOn(undone), what: 'answer' });
    await undo.reached;
    const grant = installation.hold({ ...effectOn(granted), what: 'request' });
    const act = installation.hold({ ...effectOn(acted), what: 'answer' });
    await Promise.all([granted.send(), acted.send(), proving.send()]);
    await Promise.all([grant.reached, act.reached, proving.untilStep('verifying')]);
    expect(await granted.scaled()).toEqual([2]);
    expect(await acted.scaled()).toEqual([2, 5]);
    expect(await undone.scaled()).toEqual([2, 5, 2]);

    await worker.kill();
    for (const held of [grant, act, undo]) held.drop();
    worker = await installation.startWorker();
    const isUndone = async () => {
      expect(await undone.outcome()).toMatchObject({ outcome: 'rolled_back', notified: ['on-call'] });
      expect(await undone.scaled()).toEqual([2, 5, 2]);
      await undone.send('resolved');
    };
    await Promise.all([endsWell(granted), endsWell(acted), endsWell(proving), isUndone()]);
  }, 300_000);
});
