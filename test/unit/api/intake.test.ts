import { describe, expect, it, vi } from 'vitest';
import { createIntake, type IntakeParts } from '../../../src/api/webhook/intake.ts';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { SETTLING_MS } from '../../../src/domain/incident/judge.ts';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { anAlert } from '../../support/alerts.ts';
import { MemoryIncidents } from '../../support/incidents/memory-incidents.ts';
import { MemoryUnhandled } from '../../support/incidents/memory-unhandled.ts';
import { aDecision, aPlan } from '../../support/plans.ts';
import { FakeStarter } from './fake-starter.ts';

const MINUTE = 60_000;

interface Overrides {
  readonly decide?: (alert: Alert) => Promise<Decision> | Decision;
  readonly settings?: Partial<IntakeParts['settings']>;
}

const reject: Decision = { verdict: 'reject', rule: '', reason: 'no rule handles this alert', policyRevision: 'test' };

function anIntake({ decide = () => aDecision(), settings }: Overrides = {}) {
  const starter = new FakeStarter();
  const incidents = new MemoryIncidents();
  const unhandled = new MemoryUnhandled();
  const asked: unknown[] = [];
  const world = { now: Date.now(), decide };
  const intake = createIntake({
    settings: { maxAlertsPerRequest: 1000, startConcurrency: 16, maxStarts: 64, ...settings },
    cluster: 'prod',
    ...{ incidents, unhandled, starter },
    policy: {
      decide: async (input) => {
        asked.push(input);
        return await world.decide(input.alert);
      },
    },
    metrics: createMetrics(),
    logger: createLogger({ level: 'error' }),
    clock: () => world.now,
  });
  return { intake, starter, incidents, unhandled, asked, world };
}

const alerts = (count: number) => Array.from({ length: count }, () => anAlert());
const idOf = ({ fingerprint }: Alert, n = 1) => `remediation/prod/OrderServiceCPUThrottling/${fingerprint}/${n}`;
const resolvedAt = (alert: Alert, ms: number): Alert => ({
  ...{ ...alert, status: 'resolved', endsAt: new Date(ms).toISOString() },
});

describe('an alert that fires', () => {
  it('is decided before its workflow is started, which is given the decision', async () => {
    const { intake, starter, asked } = anIntake();
    const alert = anAlert({ labels: { alertname: 'OrderServiceCPUThrottling', cluster: 'forged' } });
    const { counts, started } = await intake.deliver([alert]);
    expect(counts).toMatchObject({ started: 1, failed: 0 });
    expect(started).toEqual([alert]);
    expect(asked).toEqual([{ alert, cluster: 'prod' }]);
    const decision = { ...aDecision(), effectiveMode: { mode: 'auto', source: 'policy' } };
    expect(starter.requests).toEqual([{ remediationId: idOf(alert), alert, cluster: 'prod', decision }]);
  });

  it.each(['PolicyUnavailable', 'PolicyAnswerInvalid'] as const)(
    'is started without a decision where policy fails with %s',
    async (type) => {
      const { intake, starter } = anIntake({ decide: () => Promise.reject(new MendloopError(type, 'no')) });
      const alert = anAlert();
      expect((await intake.deliver([alert])).counts).toMatchObject({ started: 1 });
      expect(starter.requests).toEqual([{ remediationId: idOf(alert), alert, cluster: 'prod' }]);
    },
  );

  it('does not ask a policy that is away about every alert of a group', async () => {
    const decide = () => Promise.reject(new MendloopError('PolicyUnavailable', 'no'));
    const { intake, asked } = anIntake({ decide, settings: { startConcurrency: 4 } });
    expect((await intake.deliver(alerts(100))).counts).toMatchObject({ started: 100 });
    expect(asked.length).toBeLessThan(12);
  });

  it('is started once, whatever start it is told with, and by however many deliveries at once', async () => {
    const { intake, starter } = anIntake();
    const alert = anAlert();
    const told = Array.from({ length: 10 }, (_, index) => ({
      ...{ ...alert, startsAt: new Date(Date.parse(alert.startsAt) - index * 15_000).toISOString() },
    }));
    const deliveries = await Promise.all(told.map((one) => intake.deliver([one])));
    expect(starter.started.size).toBe(1);
    expect(deliveries.reduce((sum, { counts }) => sum + counts.started, 0)).toBe(1);
    expect(deliveries.reduce((sum, { counts }) => sum + counts.duplicate, 0)).toBe(9);
  });

  it('is recognised by its incident alone, without a call to Temporal', async () => {
    const { intake, starter } = anIntake();
    const alert = anAlert();
    await intake.deliver([alert]);
    await intake.close();
    expect((await intake.deliver([alert])).counts).toMatchObject({ duplicate: 1 });
    expect(starter.calls).toBe(1);
  });

  it('has a start that failed tried again under the same ID', async () => {
    const { intake, starter } = anIntake();
    const alert = anAlert();
    const { gate } = starter;
    starter.gate = () => Promise.reject(new MendloopError('TemporalUnavailable', 'no'));
    expect((await intake.deliver([alert])).counts).toMatchObject({ failed: 1 });
    starter.gate = gate;
    expect((await intake.deliver([alert])).counts).toMatchObject({ started: 1 });
    expect([...starter.started.keys()]).toEqual([idOf(alert)]);
  });

  it('repeats an incident that ended without a cure, and is entered again when the reason has passed', async () => {
    const { intake, starter, incidents, world } = anIntake();
    const alert = anAlert();
    await intake.deliver([alert]);
    const enterAgainAt = world.now + 10 * MINUTE;
    await incidents.recordEnd({ remediationId: idOf(alert), outcome: Outcome.Suppressed, at: world.now, enterAgainAt });
    expect((await intake.deliver([alert])).counts).toMatchObject({ repeat: 1 });
    world.now = enterAgainAt;
    expect((await intake.deliver([alert])).counts).toMatchObject({ started: 1 });
    expect([...starter.started.keys()]).toEqual([idOf(alert), idOf(alert, 2)]);
  });

  it('comes back under the identity of one that has ended as healthy: a second remediation', async () => {
    const { intake, starter, incidents, world } = anIntake();
    const alert = anAlert();
    await intake.deliver([alert]);
    await intake.deliver([resolvedAt(alert, world.now + MINUTE)]);
    await incidents.recordEnd({ remediationId: idOf(alert), outcome: Outcome.AlreadyHealthy, at: world.now });
    expect((await intake.deliver([alert])).counts).toMatchObject({ started: 1 });
    expect([...starter.started.keys()]).toEqual([idOf(alert), idOf(alert, 2)]);
  });

  it('goes on firing after a cure: a second remediation, when that cannot be its echo any more', async () => {
    const { intake, incidents, world } = anIntake();
    const alert = anAlert();
    await intake.deliver([alert]);
    await incidents.recordEnd({ remediationId: idOf(alert), outcome: Outcome.Remediated, at: world.now });
    expect((await intake.deliver([alert])).counts).toMatchObject({ repeat: 1 });
    world.now += SETTLING_MS;
    expect((await intake.deliver([alert])).counts).toMatchObject({ started: 1 });
  });

  it('is entered again when its rule goes from observe to more', async () => {
    const { intake, incidents, world } = anIntake({ decide: () => aDecision(aPlan(), 'observe') });
    const alert = anAlert();
    await intake.deliver([alert]);
    await incidents.recordEnd({ remediationId: idOf(alert), outcome: Outcome.Observed, at: world.now });
    expect((await intake.deliver([alert])).counts).toMatchObject({ repeat: 1 });
    world.decide = () => aDecision();
    expect((await intake.deliver([alert])).counts).toMatchObject({ started: 1 });
  });

  it('finds that its remediation has ended where the store has lost that, and is judged anew', async () => {
    const { intake, starter, incidents, world } = anIntake();
    const alert = anAlert();
    starter.ended.set(idOf(alert), { outcome: 'lost', at: world.now });
    expect((await intake.deliver([alert])).counts).toMatchObject({ started: 1 });
    expect([...starter.started.keys()]).toEqual([idOf(alert, 2)]);

    const other = anAlert();
    starter.ended.set(idOf(other), { outcome: Outcome.Escalated, at: world.now });
    expect((await intake.deliver([other])).counts).toMatchObject({ repeat: 1 });
    expect((await incidents.find(idOf(other)))?.ended).toEqual({ outcome: Outcome.Escalated, at: world.now });
  });
});

describe('an alert that no rule wants', () => {
  it('is counted with its rule and reason, and has no workflow and no incident', async () => {
    const { intake, starter, incidents, unhandled } = anIntake({ decide: () => reject });
    const [first, second] = alerts(2);
    const { counts } = await intake.deliver([first!, second!, first!]);
    expect(counts).toMatchObject({ unhandled: 3, started: 0, failed: 0 });
    expect(unhandled.recorded).toHaveLength(3);
    expect(unhandled.recorded[0]).toEqual({
      ...{ alertName: 'OrderServiceCPUThrottling', labels: first!.labels, rule: '' },
      reason: 'no rule handles this alert',
    });
    expect([starter.calls, incidents.calls.judgeDelivery]).toEqual([0, 0]);
  });

  it('is counted a whole group at once', async () => {
    const { intake, unhandled } = anIntake({ decide: () => reject });
    await intake.deliver(alerts(100));
    expect(unhandled.calls).toBe(1);
  });

  it('is one whose mode is off, too', async () => {
    const { intake, starter, unhandled } = anIntake({ decide: () => ({ ...aDecision(), mode: 'off' }) as Decision });
    expect((await intake.deliver(alerts(1))).counts).toMatchObject({ unhandled: 1 });
    expect(unhandled.recorded[0]).toMatchObject({ reason: 'its mode is off, by policy', rule: aDecision().rule });
    expect(starter.calls).toBe(0);
  });

  it('is not taken while it cannot be counted', async () => {
    const { intake, unhandled } = anIntake({ decide: () => reject });
    unhandled.gate = () => {
      throw new MendloopError('StoreUnavailable', 'no');
    };
    expect((await intake.deliver(alerts(2))).counts).toMatchObject({ unhandled: 0, failed: 2 });
  });

  it('does not keep the others of its group back', async () => {
    const mine = anAlert();
    const decide = ({ fingerprint }: Alert) => (fingerprint === mine.fingerprint ? aDecision() : reject);
    const { intake } = anIntake({ decide });
    expect((await intake.deliver([...alerts(3), mine])).counts).toMatchObject({ unhandled: 3, started: 1 });
  });
});

describe('an alert that has resolved', () => {
  it('is told to its remediation with its times, also when its start has moved back', async () => {
    const { intake, starter } = anIntake();
    const start = Date.now() - 10 * MINUTE;
    const alert = anAlert({ startsAt: new Date(start + 15_000).toISOString() });
    await intake.deliver([alert]);
    const end = resolvedAt({ ...alert, startsAt: new Date(start).toISOString() }, start + 5 * MINUTE);
    expect((await intake.deliver([end])).counts).toMatchObject({ signalled: 1 });
    expect(starter.resolved).toEqual([end]);
  });

  it('is told once, and recognised by its incident after that', async () => {
    const { intake, starter, world } = anIntake();
    const alert = anAlert();
    await intake.deliver([alert]);
    const end = resolvedAt(alert, world.now + MINUTE);
    await intake.deliver([end]);
    await intake.close();
    expect((await intake.deliver([end])).counts).toMatchObject({ ignored: 1 });
    expect(starter.resolved).toHaveLength(1);
  });

  it('is told again after that failed', async () => {
    const { intake, starter, world } = anIntake();
    const alert = anAlert();
    await intake.deliver([alert]);
    const { gate } = starter;
    starter.gate = () => Promise.reject(new MendloopError('TemporalUnavailable', 'no'));
    expect((await intake.deliver([resolvedAt(alert, world.now)])).counts).toMatchObject({ failed: 1 });
    starter.gate = gate;
    expect((await intake.deliver([resolvedAt(alert, world.now)])).counts).toMatchObject({ signalled: 1 });
  });

  it('is not the end of the incident that follows', async () => {
    const { intake, starter, world } = anIntake();
    const alert = anAlert({ startsAt: new Date(Date.now() - 10 * MINUTE).toISOString() });
    await intake.deliver([alert]);
    const end = resolvedAt(alert, world.now - 5 * MINUTE);
    await intake.deliver([end]);
    await intake.deliver([{ ...alert, startsAt: new Date(world.now - MINUTE).toISOString() }]);
    expect((await intake.deliver([end])).counts).toMatchObject({ ignored: 1 });
    expect(starter.resolved).toHaveLength(1);
  });

  it('reaches a workflow that was only being started when it came', async () => {
    const { intake, starter, world } = anIntake();
    const alert = anAlert();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    starter.gate = ({ status }) => (status === 'firing' ? promise.then(() => undefined) : undefined);
    const starting = intake.deliver([alert]);
    await vi.waitUntil(() => starter.running === 1);
    expect((await intake.deliver([resolvedAt(alert, world.now)])).counts).toMatchObject({ ignored: 1 });
    resolve(undefined);
    await starting;
    await intake.close();
    expect(starter.resolved).toMatchObject([{ fingerprint: alert.fingerprint, status: 'resolved' }]);
  });
});

describe('more than can be taken at once', () => {
  it('is taken in parts, each repeat the rest', async () => {
    const { intake, starter } = anIntake({ settings: { maxAlertsPerRequest: 300 } });
    const group = alerts(1000);
    const taken: number[] = [];
    for (let last = 0; last < 1000; last = starter.started.size) {
      const { counts, failure } = await intake.deliver(group);
      await intake.close();
      expect(failure).toBeUndefined();
      expect(counts.failed).toBe(1000 - starter.started.size);
      taken.push(counts.started);
    }
    expect(taken).toEqual([300, 300, 300, 100]);
    expect(starter.calls).toBe(1000);
  });

  it('does not count what no rule wants', async () => {
    const { intake } = anIntake({ decide: () => reject, settings: { maxAlertsPerRequest: 1 } });
    expect((await intake.deliver(alerts(500))).counts).toMatchObject({ unhandled: 500, failed: 0 });
  });

  it('never starts more at once than the settings allow, over all requests', async () => {
    const { intake, starter } = anIntake({ settings: { startConcurrency: 16, maxStarts: 20 } });
    await Promise.all([intake.deliver(alerts(60)), intake.deliver(alerts(60)), intake.deliver(alerts(60))]);
    expect(starter.started.size).toBe(180);
    expect(starter.mostAtOnce).toBe(20);
  });

  it('refuses one that can never be stored, and takes the others', async () => {
    const { intake, starter } = anIntake();
    const large = anAlert({ annotations: { all: 'x'.repeat(2 * 1024 * 1024) } });
    const { counts, rejected } = await intake.deliver([anAlert(), large, anAlert()]);
    expect(counts).toMatchObject({ started: 2, rejected: 1, failed: 0 });
    expect(rejected).toEqual([1]);
    expect(starter.calls).toBe(2);
  });
});

describe('an incident that is due', () => {
  async function suppressed(overrides: Overrides = {}) {
    const all = anIntake(overrides);
    const alert = anAlert();
    await all.intake.deliver([alert]);
    const { now } = all.world;
    const end = { remediationId: idOf(alert), outcome: Outcome.Suppressed, at: now, enterAgainAt: now + MINUTE };
    await all.incidents.recordEnd(end);
    return { ...all, alert };
  }

  it('is entered again without a delivery, once', async () => {
    const { intake, starter, world, alert } = await suppressed();
    expect(await intake.enterDue()).toBe(0);
    world.now += MINUTE;
    expect(await Promise.all([intake.enterDue(), intake.enterDue()])).toEqual([1, 0]);
    expect([...starter.started.keys()]).toEqual([idOf(alert), idOf(alert, 2)]);
    expect(starter.requests[1]).toMatchObject({ alert, cluster: 'prod', decision: { verdict: 'plan' } });
  });

  it('is not, once its end was heard', async () => {
    const { intake, world, alert } = await suppressed();
    await intake.deliver([resolvedAt(alert, world.now)]);
    world.now += MINUTE;
    expect(await intake.enterDue()).toBe(0);
  });

  it.each([
    ['is not wanted any more', () => reject],
    ['cannot be decided', () => Promise.reject(new MendloopError('PolicyUnavailable', 'no'))],
  ])('is looked at again later while it %s', async (_why, decide: () => Decision | Promise<Decision>) => {
    const { intake, starter, incidents, unhandled, world, alert } = await suppressed();
    world.decide = decide;
    world.now += MINUTE;
    expect(await intake.enterDue()).toBe(0);
    expect(await incidents.due({ cluster: 'prod', now: world.now, limit: 9 })).toEqual([]);
    expect(unhandled.calls).toBe(0);
    world.decide = () => aDecision();
    world.now += 20 * MINUTE;
    expect(await intake.enterDue()).toBe(1);
    expect([...starter.started.keys()]).toContain(idOf(alert, 2));
  });
});
