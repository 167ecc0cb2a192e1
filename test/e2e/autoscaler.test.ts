import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Autoscaler } from '../support/installation/autoscaler.ts';
import { Incident, PROOF_FAILS } from '../support/installation/incidents.ts';
import { type Installation, startInstallation } from '../support/installation/installation.ts';

/** An autoscaler looks every 15 s: what it has to follow takes a little longer than that. */
const FOLLOWS = { timeout: 90_000, interval: 200 };

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation();
  await Promise.all([installation.startApi(), installation.startWorker()]);
});

afterAll(async () => {
  await (installation as Installation | undefined)?.stop();
});

async function autoscaled({ maxReplicas = 8, labels = {} } = {}) {
  const incident = await Incident.prepare(installation, labels);
  const autoscaler = await Autoscaler.create(installation, incident, { maxReplicas });
  const minimum = async () => (await autoscaler.bounds()).minReplicas;
  return { incident, autoscaler, minimum };
}

/** The managers that have a say in the Deployment's replica count. */
async function ownersOfReplicas({ namespace, name }: Incident): Promise<string[]> {
  const { metadata } = await installation.cluster.human.get<{
    metadata: { managedFields: { manager: string; fieldsV1: { 'f:spec'?: Record<string, unknown> } }[] };
  }>(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  return metadata.managedFields
    .filter(({ fieldsV1 }) => fieldsV1['f:spec']?.['f:replicas'] !== undefined)
    .map(({ manager }) => manager);
}

describe('a Deployment with an autoscaler', () => {
  it('heals by minReplicas, which the autoscaler follows', async () => {
    const { incident, autoscaler, minimum } = await autoscaled();
    await incident.send();
    await expect.poll(minimum, { timeout: 60_000 }).toBe(5);
    await expect.poll(() => incident.replicas('wanted'), FOLLOWS).toBe(5);
    incident.recover();
    await incident.untilStep('watching');
    await incident.send('resolved');
    expect(await incident.outcome()).toMatchObject({
      outcome: 'remediated',
      planned: { change: { lever: { kind: 'autoscaler', name: incident.name, maxReplicas: 8 }, from: 2, to: 5 } },
      effect: { changed: true, moved: { name: 'minReplicas', before: 2, after: 5 } },
      verification: { verdict: 'good' },
    });
    expect(await autoscaler.bounds()).toEqual({ minReplicas: 5, maxReplicas: 8 });
    expect(await incident.replicas('readyReplicas')).toBe(5);
    expect(await incident.scaled()).toEqual([2, 5]);
    // The replica count itself is the autoscaler's.
    expect(await ownersOfReplicas(incident)).toEqual(['kube-controller-manager']);
  });

  it('gets its minReplicas back when the signal does not get better', async () => {
    const { incident, autoscaler, minimum } = await autoscaled({ labels: PROOF_FAILS });
    await incident.send();
    await expect.poll(minimum, { timeout: 60_000 }).toBe(5);
    expect(await incident.outcome()).toMatchObject({
      outcome: 'rolled_back',
      effect: { changed: true, moved: { before: 2, after: 5 } },
      verification: { verdict: 'bad' },
      compensation: { status: 'restored', moved: { before: 5, after: 2 } },
      notified: ['on-call'],
    });
    expect(await autoscaler.bounds()).toEqual({ minReplicas: 2, maxReplicas: 8 });
    await incident.send('resolved');
  });

  it('is never driven past maxReplicas', async () => {
    const { incident, autoscaler, minimum } = await autoscaled({ maxReplicas: 4 });
    await incident.send();
    await expect.poll(minimum, { timeout: 60_000 }).toBe(4);
    incident.recover();
    await incident.untilStep('watching');
    await incident.send('resolved');
    expect(await incident.outcome()).toMatchObject({
      outcome: 'remediated',
      effect: { moved: { before: 2, after: 4 } },
    });
    expect(await autoscaler.bounds()).toEqual({ minReplicas: 4, maxReplicas: 4 });
    expect(await incident.replicas('readyReplicas')).toBe(4);
  });

  it('keeps what a human sets meanwhile, who is told both values', async () => {
    const { incident, autoscaler, minimum } = await autoscaled();
    await incident.send();
    await expect.poll(minimum, { timeout: 60_000 }).toBe(5);
    await autoscaler.setMinimum(3);
    const end = await incident.outcome();
    expect(end).toMatchObject({
      outcome: 'escalated',
      compensation: { status: 'left_alone', expected: '5', found: '3' },
      notified: ['on-call'],
    });
    expect(end.summary).toMatch(/set 5.*kubectl.*3/);
    expect(await minimum()).toBe(3);
    await incident.send('resolved');
  });
});
