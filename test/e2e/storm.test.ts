import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetLedgerId, GUARD_STATE_QUERY } from '../../src/domain/guards/names.ts';
import type { LedgerView } from '../../src/contract/guards.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type Installation, startInstallation } from '../support/installation/installation.ts';
import { Storm } from '../support/installation/storm.ts';

/** Alerts at once, each of a Pod of its own, all about the one Deployment. */
const SIZE = 100;

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation();
  await Promise.all([installation.startApi(), installation.startWorker()]);
});

afterAll(async () => {
  await (installation as Installation | undefined)?.stop();
});

/** Alerts that have called the on-call about a Deployment. */
async function pages(name: string): Promise<Record<string, string>[]> {
  const filter = [`alertname="RemediationFailed"`, `deployment="${name}"`].map(
    (one) => `filter=${encodeURIComponent(one)}`,
  );
  const response = await fetch(`${installation.alertmanager.url}/api/v2/alerts?${filter.join('&')}`);
  return ((await response.json()) as { labels: Record<string, string> }[]).map(({ labels }) => labels);
}

/** Every workflow has ended, one as the leader and all others with it, and nobody holds the target. */
async function expectSharedEnd(storm: Storm, leader: string, outcome: string): Promise<void> {
  const ends = await storm.ends();
  expect(ends.get(leader)).toMatchObject({ outcome });
  const text = new RegExp(`^Joined ${leader}, which ended ${outcome}: `);
  for (const [id, end] of ends) {
    if (id === leader) continue;
    expect(end).toMatchObject({
      outcome: 'joined',
      leader,
      summary: expect.stringMatching(text) as string,
      notified: [],
    });
    expect(end.scale).toBeUndefined();
  }
  // Visibility follows a little later.
  await expect.poll(() => storm.count(' AND MendloopOutcome = "joined"')).toBe(SIZE - 1);
  await expect.poll(() => storm.count(` AND MendloopOutcome = "${outcome}"`)).toBe(1);
  await expect.poll(() => storm.count(' AND ExecutionStatus = "Running"')).toBe(0);
  expect(await storm.count()).toBe(SIZE);
  const guard = await storm.guard();
  expect(guard.holder).toBeUndefined();
  expect(guard).toMatchObject({ joined: 0, queue: [] });
}

describe(`a storm of ${SIZE} alerts for one Deployment`, () => {
  it('is one change, one proof and one cure, which all others share', async () => {
    const incident = await Incident.prepare(installation);
    const storm = new Storm(installation, incident, { size: SIZE });
    for (const taken of await storm.sendEach()) expect(taken).toMatchObject({ started: 1, duplicates: 0 });
    const leader = await storm.leader();
    await expect.poll(() => incident.replicas('wanted'), { timeout: 30_000 }).toBe(5);
    incident.recover();
    await expect.poll(() => storm.step(leader), { timeout: 60_000 }).toBe('watching');
    // Alertmanager repeats itself, and nothing begins anew.
    expect(await storm.sendAll('firing')).toMatchObject({ started: 0, duplicates: SIZE });
    expect(await storm.sendAll('resolved')).toMatchObject({ signalled: SIZE, ignored: 0 });

    await expectSharedEnd(storm, leader, 'remediated');
    expect(await incident.replicas('wanted')).toBe(5);
    expect(await incident.changes()).toBe(1);
    expect(await pages(incident.name)).toEqual([]);
    // Money is asked for once as well.
    const ledger = installation.client.workflow.getHandle(
      budgetLedgerId({ budget: 'default', scopeKey: incident.namespace }),
    );
    const { reservations } = await ledger.query<LedgerView>(GUARD_STATE_QUERY);
    expect(reservations.map(({ remediationId }) => remediationId)).toEqual([leader]);
  }, 180_000);

  it('is one approval, one roll-back and one call of the on-call when the change does not help', async () => {
    const incident = await Incident.prepare(installation);
    // Waiting for a human, the leader cannot end before all others have come, however slow the machine is.
    const storm = new Storm(installation, incident, { size: SIZE, labels: { mode: 'approve' } });
    for (const taken of await storm.sendEach()) expect(taken).toMatchObject({ started: 1 });
    const leader = await storm.leader();
    await expect.poll(() => storm.step(leader)).toBe('awaiting_approval');
    expect(await incident.changes()).toBe(0);
    await storm.approve(leader);

    await expectSharedEnd(storm, leader, 'rolled_back');
    expect(await incident.replicas('wanted')).toBe(2);
    await expect.poll(() => incident.changes()).toBe(2); // There and back.
    expect(await pages(incident.name)).toMatchObject([
      { mendloop_remediation: leader, mendloop_outcome: 'rolled_back' },
    ]);
  }, 180_000);
});
