import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Incident } from '../support/installation/incidents.ts';
import { type Installation, startInstallation } from '../support/installation/installation.ts';
import type { ManagedProcess } from '../../dev/stack/index.ts';

let installation: Installation;
let worker: ManagedProcess;

beforeAll(async () => {
  installation = await startInstallation();
  await installation.startApi();
  worker = await installation.startWorker();
});

afterAll(async () => {
  await (installation as Installation | undefined)?.stop();
});

async function endsWell(incident: Incident): Promise<void> {
  incident.recover();
  await incident.untilStep('watching', 90_000);
  await incident.send('resolved');
  expect((await incident.outcome()).outcome).toBe('remediated');
  expect(await incident.replicas('wanted')).toBe(5);
  expect(await incident.changes()).toBe(1);
}

describe('a crash is a pause', () => {
  it('of the worker, between scaling and the proof', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await worker.kill();
    worker = await installation.startWorker();
    await endsWell(incident);
  });

  it('of the worker, before the alert comes: the webhook takes it all the same', async () => {
    await worker.kill();
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.remediation();
    expect(await incident.replicas('wanted')).toBe(2);
    worker = await installation.startWorker();
    await endsWell(incident);
  });

  it('of Temporal, while the proof is taken', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await installation.crashTemporal();
    await endsWell(incident);
  });
});
