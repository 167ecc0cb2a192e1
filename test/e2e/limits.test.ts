import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Way } from '../support/installation/alertmanager.ts';
import { Fleet } from '../support/installation/fleet.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { guardsOf, orderPause } from '../support/installation/people.ts';
import { Storm } from '../support/installation/storm.ts';
import { callWitness, type Witness } from '../support/installation/witness.ts';
import { deliverTaken } from '../support/installation/webhook.ts';

const SIZE = 200;
const MAX_CONCURRENT = 10;

let installation: PostgresInstallation;
let witness: Witness;

beforeAll(async () => {
  installation = await startPostgresInstallation({
    settings: () => ({
      guards: { maxConcurrent: MAX_CONCURRENT, maxActionsPerHour: 300, blastRadius: { percent: 100 } },
    }),
  });
  witness = await callWitness(installation.store);
  await Promise.all([installation.startApi(), installation.startWorker()]);
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

/** Remediations that have proven their cure. */
async function cured(): Promise<number> {
  const query = 'WorkflowType = "remediation" AND MendloopOutcome = "remediated"';
  return (await installation.client.workflow.count(query)).count;
}

/** Sweeps that have ended since. */
async function sweptSince(at: Date): Promise<number> {
  const query = `WorkflowType = "sweep" AND StartTime > "${at.toISOString()}" AND ExecutionStatus = "Completed"`;
  return (await installation.client.workflow.count(query)).count;
}

describe(`a storm of alerts for ${SIZE} Deployments, of which ${MAX_CONCURRENT} may be changed at once`, () => {
  it('is worked off within the limit, stands still during a pause, and loses nothing', async () => {
    const fleet = await Fleet.create(installation, { size: SIZE, namespace: 'fleet' });
    const common = { alertname: 'Slow', namespace: fleet.namespace, to: '2', samples: '1', ...Way.Grouped };
    const storm = new Storm(
      installation,
      fleet.names.map((deployment) => ({ ...common, deployment, severity: 'critical' })),
    );
    /** What people see, again and again, while those that were scaled get well. */
    const look = async () => {
      fleet.heal();
      const { guard } = await guardsOf(installation);
      expect(guard.state.holders.length).toBeLessThanOrEqual(MAX_CONCURRENT);
      return fleet.scaled.length;
    };
    const patiently = { timeout: 180_000, interval: 100 };
    await storm.send();
    await expect.poll(look, patiently).toBeGreaterThanOrEqual(SIZE / 4);

    await orderPause(installation, 'pause');
    const pausedAt = new Date();
    // Those that had acted prove their cure; then nothing moves, whoever looks and whatever is told meanwhile.
    await expect.poll(async () => (await look()) - (await cured()), patiently).toBe(0);
    const scaled = fleet.scaled.length;
    expect(scaled).toBeLessThan(SIZE);
    const { apiUrl: url } = installation;
    expect(await deliverTaken({ url, alerts: storm.alerts() })).toMatchObject({ started: 0, duplicates: SIZE });
    await expect.poll(() => sweptSince(pausedAt), patiently).toBeGreaterThanOrEqual(1);
    expect(await look()).toBe(scaled);
    expect(await storm.counts()).toEqual({ all: SIZE, open: SIZE, ended: {} });

    await orderPause(installation, 'resume');
    await expect.poll(async () => (await look(), await cured()), patiently).toBe(SIZE);
    await storm.send('resolved');
    expect((await storm.untilEnded(180_000)).ended).toEqual({ remediated: SIZE });
    for (const { metadata } of fleet.all) expect(await installation.history.of(metadata)).toEqual([1, 2]);
    expect(await witness.most()).toMatchObject({ slots: MAX_CONCURRENT, takenWhilePaused: 0 });
    const { guard } = await guardsOf(installation);
    expect(guard.state).toMatchObject({ holders: [], queue: [], actionsInLastHour: SIZE });
  }, 900_000);
});
