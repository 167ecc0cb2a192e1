import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endsWell, effectOn } from '../support/installation/one-effect.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { startServicePlace, type TemporalServicePlace } from '../support/installation/temporal-place.ts';

let temporal: TemporalServicePlace;
let installation: PostgresInstallation;

beforeAll(async () => {
  installation = await startPostgresInstallation({
    gated: true,
    startTemporal: async (directory) => (temporal = await startServicePlace(directory)),
  });
  await installation.startApi();
  await installation.startWorker();
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

describe("Temporal's server on PostgreSQL, with API, worker and a store on PostgreSQL", () => {
  it('is killed while a change is under way and while a proof is taken: both remediations end as cured', async () => {
    const [acting, proving] = await Promise.all([Incident.prepare(installation), Incident.prepare(installation)]);
    await proving.send();
    await proving.untilStep('verifying');
    const act = installation.hold({ ...effectOn(acting), what: 'answer' });
    await acting.send();
    await act.reached;
    expect(await acting.scaled()).toEqual([2, 5]);

    await installation.killTemporal();
    act.release(); // The worker hears that its change is made, and cannot reach Temporal.
    await installation.restartTemporal();
    await Promise.all([endsWell(acting), endsWell(proving)]);
  }, 300_000);

  it('loses its database for a while: what runs goes on, and an alert that came meanwhile is not lost', async () => {
    const [running, late] = await Promise.all([Incident.prepare(installation), Incident.prepare(installation)]);
    await running.send();
    await running.untilStep('verifying');
    await temporal.database.halt();
    // Alertmanager hears 503 and repeats.
    await late.send();
    const refused = async () => (await fetch(`${installation.apiUrl}/readyz`)).status;
    await expect.poll(refused, { timeout: 60_000 }).toBe(503);
    await temporal.database.restart();
    await Promise.all([endsWell(running), endsWell(late)]);
  }, 300_000);

  it('loses its database by a crash, with the server itself: the same', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await temporal.database.crash();
    await installation.killTemporal();
    await temporal.database.restart();
    await installation.restartTemporal();
    await endsWell(incident);
  }, 300_000);
});
