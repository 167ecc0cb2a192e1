import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagedProcess } from '../../dev/stack/index.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { approve } from '../support/installation/people.ts';
import { deliver } from '../support/installation/webhook.ts';

let installation: PostgresInstallation;
let api: ManagedProcess;

beforeAll(async () => {
  installation = await startPostgresInstallation();
  [api] = await Promise.all([installation.startApi(), installation.startWorker()]);
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

async function endsWell(incident: Incident): Promise<void> {
  await incident.untilStep('verifying', { timeout: 120_000 });
  incident.recover();
  await incident.untilStep('watching', { timeout: 120_000 });
  await incident.send('resolved');
  expect(await incident.outcome()).toMatchObject({ outcome: 'remediated' });
  expect(await incident.scaled()).toEqual([2, 5]);
  await incident.untilRemediationsAre([incident.id()]);
}

/** What the store has of an incident. */
async function rowOf(incident: Incident) {
  const [row] = await installation.store.sql(
    `SELECT started, outcome FROM mendloop.incident WHERE remediation_id = '${incident.id()}'`,
  );
  return row;
}

describe("the store's server is killed and comes back", () => {
  it('in mid-remediation: remediations wait and go on, and the webhook answers 503 meanwhile', async () => {
    const [acted, asking, late] = await Promise.all([
      Incident.prepare(installation),
      Incident.prepare(installation, { mode: 'approve' }),
      Incident.prepare(installation),
    ]);
    await Promise.all([acted.send(), asking.send()]);
    await Promise.all([acted.untilStep('verifying'), asking.untilStep('awaiting_approval')]);
    await installation.store.crash();

    const told = await deliver({ url: installation.apiUrl, alerts: [late.alert()] });
    expect(told.status).toBe(503);
    expect(told.headers.get('retry-after')).not.toBeNull();
    await late.send(); // Alertmanager, too, is told to come again.
    // The proof needs no store; what comes after it, and what was approved, waits for it.
    acted.recover();
    await acted.untilStep('watching');
    await approve(installation, asking.id());
    await expect.poll(async () => (await asking.status())?.approval?.status).toBe('approved');
    await acted.send('resolved');
    expect(await asking.scaled()).toEqual([2]);
    expect(await late.remediations()).toEqual([]);

    await installation.store.restart();
    expect(await acted.outcome()).toMatchObject({ outcome: 'remediated' });
    expect(await acted.scaled()).toEqual([2, 5]);
    await Promise.all([endsWell(asking), endsWell(late)]);
  });
});

describe('the API is killed', () => {
  it('when an alert was judged and its remediation not started: the next delivery starts it', async () => {
    const incident = await Incident.prepare(installation);
    await installation.killTemporal();
    const told = deliver({ url: installation.apiUrl, alerts: [incident.alert()] }).catch(() => undefined);
    await expect.poll(() => rowOf(incident)).toEqual({ started: false, outcome: null });
    await api.kill();
    await told;
    await installation.restartTemporal();
    api = await installation.startApi();
    await expect.poll(() => rowOf(incident)).toEqual({ started: false, outcome: null });
    await incident.send();
    await endsWell(incident);
  });
});

describe('a remediation is terminated', () => {
  it('while it holds its target: the sweep gives that to one that had joined it', async () => {
    const holder = await Incident.prepare(installation, { mode: 'approve' });
    const next = holder.sibling({ pod: 'second' });
    await holder.send();
    await holder.untilStep('awaiting_approval');
    await next.send();
    await next.untilStep('joined');
    await (await holder.remediation()).terminate('by a human, in the Web UI');
    await next.untilStep('awaiting_approval', { timeout: 180_000 });
    await approve(installation, next.id());
    await next.untilStep('verifying');
    next.recover();
    await next.untilStep('watching');
    await Promise.all([holder.send('resolved'), next.send('resolved')]);
    expect(await next.outcome()).toMatchObject({ outcome: 'remediated', effect: { changed: true } });
    expect(await next.scaled()).toEqual([2, 5]);
  }, 300_000);
});
