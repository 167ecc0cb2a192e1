import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemediationResult, RemediationStatus } from '../../src/contract/remediation.ts';
import { STATUS_QUERY } from '../../src/contract/remediation.ts';
import { Way } from '../support/installation/alertmanager.ts';
import { Incident, PROOF_FAILS } from '../support/installation/incidents.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { approve, guardsOf, pagesAbout } from '../support/installation/people.ts';
import { Storm } from '../support/installation/storm.ts';
import { deliverTaken } from '../support/installation/webhook.ts';

/** Alerts at once, each of a Pod of its own, all about the one Deployment. */
const SIZE = 500;

let installation: PostgresInstallation;

beforeAll(async () => {
  installation = await startPostgresInstallation();
  await Promise.all([installation.startApi(), installation.startWorker()]);
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

function stormOn({ name, namespace }: Incident, size: number, labels: Readonly<Record<string, string>> = {}): Storm {
  const common = { alertname: 'Slow', namespace, deployment: name, severity: 'critical', ...Way.Grouped, ...labels };
  const alerts = Array.from({ length: size }, (_, index) => ({ ...common, pod: `${name}-${index}` }));
  return new Storm(installation, alerts);
}

/** What guards the one Deployment. */
async function guardOf({ namespace, name }: Incident) {
  const { targets } = await guardsOf(installation);
  return targets.find(({ target }) => target === `default/${namespace}/Deployment/${name}`)?.state;
}

/** Settles when one remediation has the target and all others share its end; gives its ID. */
async function leaderOf(incident: Incident, size: number): Promise<string> {
  const look = async () => {
    const guard = await guardOf(incident);
    return { held: guard?.holder !== undefined, joined: guard?.joined, waiting: guard?.queue.length };
  };
  await expect.poll(look, { timeout: 150_000, interval: 250 }).toEqual({ held: true, joined: size - 1, waiting: 0 });
  return (await guardOf(incident))?.holder?.remediationId ?? '';
}

async function stepOf(id: string): Promise<RemediationStatus['step']> {
  return (await installation.client.workflow.getHandle(id).query<RemediationStatus>(STATUS_QUERY)).step;
}

/** Every workflow has ended, one as the leader and all others with it, and nothing holds the target. */
async function expectSharedEnd(storm: Storm, incident: Incident, leader: string, outcome: string): Promise<void> {
  const joined = storm.ids.length - 1;
  expect((await storm.untilEnded(150_000)).ended).toEqual({ [outcome]: 1, joined });
  const { client } = installation;
  const end = async (id: string) => (await client.workflow.getHandle(id).result()) as RemediationResult;
  expect(await end(leader)).toMatchObject({ outcome });
  for (const id of storm.ids.filter((other) => other !== leader)) {
    const shared = await end(id);
    expect(shared).toMatchObject({ outcome: 'joined', leader, notified: [] });
    expect(shared.summary).toMatch(new RegExp(`^Joined ${leader}, which ended ${outcome}: `));
    expect(shared.effect).toBeUndefined();
  }
  // Visibility follows a little later.
  const running = `WorkflowType = "remediation" AND ExecutionStatus = "Running"`;
  await expect.poll(async () => (await client.workflow.count(running)).count).toBe(0);
  // A target that nothing holds and nobody waits for may not be listed at all.
  const { holder, joined: left = 0, queue = [] } = (await guardOf(incident)) ?? {};
  expect({ holder, left, queue }).toEqual({ holder: undefined, left: 0, queue: [] });
}

describe(`a storm of ${SIZE} alerts for one Deployment`, () => {
  it('is one change, one proof and one cure, which all others share', async () => {
    const incident = await Incident.prepare(installation);
    const storm = stormOn(incident, SIZE);
    await storm.send();
    await expect.poll(() => incident.replicas('wanted'), { timeout: 60_000 }).toBe(5);
    incident.recover();
    // Cured, the leader watches until its own alert is over, and all others come to it meanwhile.
    const leader = await leaderOf(incident, SIZE);
    await expect.poll(() => stepOf(leader), { timeout: 60_000 }).toBe('watching');
    // Alertmanager repeats itself, and nothing begins anew.
    const { apiUrl: url } = installation;
    expect(await deliverTaken({ url, alerts: storm.alerts() })).toMatchObject({ started: 0, duplicates: SIZE });
    await storm.send('resolved');

    await expectSharedEnd(storm, incident, leader, 'remediated');
    expect(await incident.scaled()).toEqual([2, 5]);
    expect(await pagesAbout(installation, incident.name)).toEqual([]);
    // Money is asked for once as well.
    const { ledgers } = await guardsOf(installation);
    const ledger = ledgers.find(({ scope }) => scope === incident.namespace);
    expect(ledger?.state.reservations.map(({ remediationId }) => remediationId)).toEqual([leader]);
  }, 400_000);
});

describe('a storm for one Deployment that a change does not help', () => {
  it('is one approval, one roll-back and one call of the on-call', async () => {
    const incident = await Incident.prepare(installation);
    // Waiting for a human, the leader cannot end before all others have come, however slow the machine is.
    const storm = stormOn(incident, 100, { mode: 'approve', ...PROOF_FAILS });
    await storm.send();
    const leader = await leaderOf(incident, 100);
    await expect.poll(() => stepOf(leader)).toBe('awaiting_approval');
    expect(await incident.scaled()).toEqual([2]);
    await approve(installation, leader);

    await expectSharedEnd(storm, incident, leader, 'rolled_back');
    expect(await incident.scaled()).toEqual([2, 5, 2]);
    expect(await pagesAbout(installation, incident.name)).toMatchObject([
      { mendloop_remediation: leader, mendloop_outcome: 'rolled_back' },
    ]);
  }, 400_000);
});
