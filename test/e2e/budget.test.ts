import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Way } from '../support/installation/alertmanager.ts';
import { Fleet } from '../support/installation/fleet.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { guardsOf } from '../support/installation/people.ts';
import { FREE_OF_COST } from '../support/installation/signal-exporter.ts';
import { Storm } from '../support/installation/storm.ts';
import { callWitness, type Witness } from '../support/installation/witness.ts';

const SIZE = 200;

/** Of one more Pod with a tenth of a core, for an hour. */
const PRICE = 0.1;
const AFFORDABLE = 37;
const DAILY = PRICE * AFFORDABLE + PRICE / 2;

let installation: PostgresInstallation;
let witness: Witness;

beforeAll(async () => {
  installation = await startPostgresInstallation({
    settings: ({ signals }) => ({
      // All of them may act at once, so that money alone holds them back.
      guards: { maxConcurrent: SIZE, maxActionsPerHour: 300, blastRadius: { percent: 100 } },
      cost: {
        ...{ cpuHour: 1, gibHour: 0, budgets: { tight: { daily: DAILY, scope: 'cluster' } } },
        // What they change never shows in it: so the ledger has to remember all of them.
        source: { type: 'http', endpoint: { url: `http://${signals.address}${FREE_OF_COST}` }, usage: '/perDay' },
      },
    }),
  });
  witness = await callWitness(installation.store);
  await Promise.all([installation.startApi(), installation.startWorker()]);
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

describe(`${SIZE} changes that ask one budget for money at once`, () => {
  it(`are ${AFFORDABLE} that the day can pay for, and the others are denied`, async () => {
    const fleet = await Fleet.create(installation, { size: SIZE, namespace: 'fleet' });
    const common = { alertname: 'Slow', namespace: fleet.namespace, to: '2', samples: '1', budget: 'tight' };
    const storm = new Storm(
      installation,
      fleet.names.map((deployment) => ({ ...common, deployment, severity: 'critical', ...Way.Grouped })),
    );
    await storm.send();
    const denied = SIZE - AFFORDABLE;
    const counted = async () => (fleet.heal(), (await storm.counts()).ended);
    await expect.poll(counted, { timeout: 180_000, interval: 200 }).toEqual({ denied });
    await storm.send('resolved');
    await expect.poll(counted, { timeout: 180_000, interval: 200 }).toEqual({ denied, remediated: AFFORDABLE });
    expect(fleet.scaled).toHaveLength(AFFORDABLE);
    const { ledgers } = await guardsOf(installation);
    expect(ledgers.map(({ budget, state }) => [budget, state.reservations.length])).toEqual([['tight', AFFORDABLE]]);
    const { reserved } = await witness.most();
    expect(reserved).toBeLessThanOrEqual(DAILY);
    expect(reserved).toBeCloseTo(PRICE * AFFORDABLE, 5);
  }, 900_000);
});
