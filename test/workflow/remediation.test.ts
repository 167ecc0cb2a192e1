import { ApplicationFailure } from '@temporalio/activity';
import type { TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { FailureType } from '../../src/domain/failures.ts';
import { RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { baseline, denied, FakeWorld, report, snapshot, untilCancelled } from './fake-world.ts';
import { withRemediation } from './harness.ts';

const failure = (type: FailureType, message = 'as scripted') => ApplicationFailure.nonRetryable(message, type);
const reject = (type: FailureType, message?: string) => () => Promise.reject(failure(type, message));

describe('the way to a cure', () => {
  it('decides, acts, verifies, tells, and stays open until the alert resolves', async () => {
    const world = new FakeWorld();
    await withRemediation(world, async ({ handle, result, status, ended }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await handle.signal(RESOLVED_SIGNAL, {});
      const end = await result();

      expect(end).toMatchObject({ outcome: 'remediated', alertResolved: true, scale: { before: 2, after: 5 } });
      const inOrder = [
        'decide',
        'inspectTarget',
        'enterTarget',
        'applyScale',
        'awaitReady',
        'verifyRemediation',
        'notify',
      ];
      expect(world.names.filter((name) => inOrder.includes(name))).toEqual(inOrder);
      const before = world.names.slice(0, world.names.indexOf('applyScale'));
      expect(before).toEqual(
        expect.arrayContaining(['enterCluster', 'reserveBudget', 'measureBaseline', 'recordAudit']),
      );
      const after = world.names.slice(world.names.indexOf('verifyRemediation'));
      expect(after).toEqual(expect.arrayContaining(['leaveGuards', 'releaseTarget', 'recordAudit']));
      expect(ended).toEqual([{ action: 'scale', outcome: 'remediated', seconds: expect.any(Number) as number }]);
    });
  });

  it('keeps the decision in history before the first effect, and stays within 60 events', async () => {
    await withRemediation(new FakeWorld(), async ({ handle, result, status }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      await result();
      const { events = [] } = await handle.fetchHistory();
      const firstEffect = events?.findIndex(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'applyScale',
      );
      const decided = events?.findIndex((event) => {
        const details = event.markerRecordedEventAttributes?.details ?? {};
        return JSON.stringify(Object.values(details).map(decodePayloads)).includes('policyRevision');
      });
      expect(decided).toBeGreaterThan(0);
      expect(decided).toBeLessThan(firstEffect ?? -1);
      expect(events?.length).toBeLessThanOrEqual(60);
    });
  });

  it('shows itself in the Web UI: search attributes, current details, summaries', async () => {
    await withRemediation(new FakeWorld(), async ({ handle, result, status }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      await result();
      const { typedSearchAttributes } = await handle.describe();
      expect(keywordsOf(typedSearchAttributes)).toMatchObject({
        MendloopAlert: 'OrderServiceCPUThrottling',
        MendloopTarget: 'default/production/Deployment/order-service',
        MendloopAction: 'scale',
        MendloopMode: 'auto',
        MendloopOutcome: 'remediated',
        MendloopRule: 'order_service_cpu_throttling',
        MendloopSeverity: 'critical',
        MendloopService: 'order-service',
      });
    });
  });

  it('leaves a target alone that already stands where the plan wants it, and still asks for proof', async () => {
    const world = new FakeWorld({ inspectTarget: () => Promise.resolve({ ...snapshot, value: 5, replicas: 5 }) });
    await withRemediation(world, async ({ handle, result, status }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      expect((await result()).outcome).toBe('remediated');
      expect(world.names).not.toContain('applyScale');
      expect(world.names).not.toContain('reserveBudget');
      expect(world.names).toContain('verifyRemediation');
    });
  });

  it('never takes capacity away for an alert', async () => {
    const world = new FakeWorld({ inspectTarget: () => Promise.resolve({ ...snapshot, value: 8, replicas: 8 }) });
    await withRemediation(world, async ({ handle, result, status }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      await result();
      expect(world.names).not.toContain('applyScale');
    });
  });

  it('waits for a server that is away, with the wait visible as an ordinary activity', async () => {
    let calls = 0;
    const world = new FakeWorld({
      inspectTarget: () => {
        calls += 1;
        return calls <= 3
          ? Promise.reject(ApplicationFailure.retryable('away', 'KubernetesUnavailable'))
          : Promise.resolve(snapshot);
      },
    });
    await withRemediation(world, async ({ handle, status }) => {
      await expect.poll(async () => (await status()).step, { timeout: 20_000 }).toBe('watching');
      const { events } = await handle.fetchHistory();
      const names = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
      expect(names).toContain('inspectTarget');
      await handle.signal(RESOLVED_SIGNAL, {});
      await handle.result();
    });
  });
});

describe('endings without an act', () => {
  it('rejected: no rule wants the alert acted on', async () => {
    const world = new FakeWorld({
      decide: () => Promise.resolve({ verdict: 'reject', rule: '', reason: 'unknown alert', policyRevision: 'test' }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'rejected', summary: 'unknown alert' });
      expect(world.names).not.toContain('applyScale');
    });
  });

  it('observed: decided, never acted', async () => {
    const world = new FakeWorld({ decide: () => Promise.resolve(aDecision(aPlan(), 'observe')) });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('observed');
      expect(world.names).not.toContain('applyScale');
    });
  });

  it('denied: the budget forbids it, and the on-call hears of it', async () => {
    const world = new FakeWorld(denied);
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'denied', notified: ['on-call'] });
      expect(world.names).not.toContain('applyScale');
    });
  });

  it('already healthy: the alert resolved before the act', async () => {
    const gate = Promise.withResolvers<undefined>();
    let asked = 0;
    const world = new FakeWorld({
      // Held back on its patient path, because a local activity would hold the signal back as well.
      inspectTarget: async () => {
        asked += 1;
        if (asked <= 2) throw ApplicationFailure.retryable('away', 'KubernetesUnavailable');
        await gate.promise;
        return snapshot;
      },
    });
    await withRemediation(world, async ({ handle, status, result }) => {
      await handle.signal(RESOLVED_SIGNAL, {});
      await expect.poll(async () => (await status()).alertResolved).toBe(true);
      gate.resolve(undefined);
      expect((await result()).outcome).toBe('already_healthy');
      expect(world.names).not.toContain('applyScale');
    });
  });

  it.each([
    ['decide', 'PolicyAnswerInvalid'],
    ['inspectTarget', 'TargetNotFound'],
    ['inspectTarget', 'KubernetesForbidden'],
    ['measureBaseline', 'QueryInvalid'],
    ['reserveBudget', 'BudgetUnknown'],
    ['recordAudit', 'Internal'],
  ] as const)('escalated: %s fails with %s', async (activity, type) => {
    const world = new FakeWorld({ [activity]: reject(type) });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', fault: { type }, notified: ['on-call'] });
      expect(world.names).not.toContain('applyScale');
      expect(world.names).not.toContain('restoreScale');
    });
  });
});

describe('compensation', () => {
  it.each([
    ['the cure is not proven', { verifyRemediation: () => Promise.resolve(bad('VerificationFailed')) }],
    ['a neighbour suffers', { verifyRemediation: () => Promise.resolve(bad('ContentionDetected')) }],
    [
      'the signal cannot be judged',
      {
        verifyRemediation: () =>
          Promise.resolve(report({ verdict: 'inconclusive', failure: 'VerificationInconclusive', summary: 'unknown' })),
      },
    ],
    ['the rollout fails', { awaitReady: reject('RolloutFailed') }],
    ['the rollout takes too long', { awaitReady: reject('RolloutTimedOut') }],
    ['somebody changes the target meanwhile', { awaitReady: reject('TargetChanged') }],
  ])('rolled back: %s', async (_why, script) => {
    const world = new FakeWorld(script);
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({
        outcome: 'rolled_back',
        compensation: { status: 'restored', before: 5, after: 2 },
        notified: ['on-call'],
      });
      expect(world.names).toContain('restoreScale');
    });
  });

  it('undoes an act whose answer was never heard', async () => {
    const world = new FakeWorld({ applyScale: reject('KubernetesInvalid') });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('rolled_back');
      expect(world.names).toContain('restoreScale');
    });
  });

  it('escalates when the act never happened: there is nothing to undo', async () => {
    const world = new FakeWorld({
      applyScale: reject('TargetChanged'),
      restoreScale: () => Promise.resolve({ status: 'nothing_to_undo', found: 3 }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', fault: { type: 'TargetChanged' } });
    });
  });

  it('escalates with both values when somebody else changed the target after us', async () => {
    const world = new FakeWorld({
      verifyRemediation: () => Promise.resolve(bad('VerificationFailed')),
      restoreScale: () => Promise.resolve({ status: 'left_alone', expected: 5, found: 7, by: 'kubectl' }),
    });
    await withRemediation(world, async ({ result }) => {
      const end = await result();
      expect(end.outcome).toBe('escalated');
      expect(end.summary).toMatch(/kubectl/);
      expect(end.summary).toMatch(/5.*7/);
    });
  });

  it('escalates when the target is gone', async () => {
    const world = new FakeWorld({
      awaitReady: reject('TargetNotFound'),
      restoreScale: () => Promise.resolve({ status: 'gone' }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', compensation: { status: 'gone' } });
    });
  });

  it('escalates loudly with the exact manual command when the undo fails', async () => {
    const world = new FakeWorld({
      verifyRemediation: () => Promise.resolve(bad('VerificationFailed')),
      restoreScale: reject('KubernetesForbidden', 'no more'),
    });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('escalated');
      const notice = world.calls.find((call) => call.name === 'notify');
      expect(JSON.stringify(notice)).toContain('kubectl -n production scale deployment order-service --replicas=2');
    });
  });

  it('keeps an unproven change where policy says so, and escalates', async () => {
    const plan = aPlan();
    const kept = { ...plan, verification: { ...plan.verification, onInconclusive: 'keep' as const } };
    const world = new FakeWorld({
      decide: () => Promise.resolve(aDecision(kept)),
      verifyRemediation: () =>
        Promise.resolve(report({ verdict: 'inconclusive', failure: 'VerificationInconclusive', summary: 'unknown' })),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', notified: ['on-call'] });
      expect(world.names).not.toContain('restoreScale');
    });
  });

  it('escalates when the alert still fires at the end of the watch', async () => {
    const world = new FakeWorld({ decide: () => Promise.resolve(aDecision(aPlan({ watchSeconds: 1 }))) });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', fault: { type: 'AlertStillFiring' } });
      expect(world.names).not.toContain('restoreScale');
    });
  });
});

describe('cancelling', () => {
  it.each([
    ['awaiting_ready', { awaitReady: untilCancelled }],
    ['verifying', { verifyRemediation: untilCancelled }],
    ['watching', {}],
  ] as const)('while %s undoes the change', async (step, script) => {
    const world = new FakeWorld(script);
    await withRemediation(world, async ({ handle, status, result }) => {
      await expect.poll(async () => (await status()).step).toBe(step);
      await handle.cancel();
      await expect(result()).rejects.toThrow(/cancel/i);
      const description = await handle.describe();
      expect(description.status.name).toBe('CANCELLED');
      expect(keywordsOf(description.typedSearchAttributes)).toMatchObject({ MendloopOutcome: 'cancelled' });
      expect(world.names).toContain('restoreScale');
    });
  });
});

describe('telling people', () => {
  it('reaches the other channels when one refuses for good', async () => {
    const world = new FakeWorld({
      reserveBudget: reject('BudgetUnknown'),
      selectChannels: () => Promise.resolve(['broken', 'on-call']),
      notify: ({ channel }) =>
        channel === 'broken' ? Promise.reject(failure('NotificationRejected')) : Promise.resolve(),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', notified: ['on-call'] });
    });
  });
});

function bad(type: 'VerificationFailed' | 'ContentionDetected') {
  return report({ verdict: 'bad', failure: type, summary: `${type} as scripted`, before: baseline.objective });
}

function decodePayloads(payloads: { payloads?: { data?: Uint8Array | null }[] | null }): string {
  return (payloads.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString('utf8')).join();
}

function keywordsOf(attributes: TypedSearchAttributes): Record<string, unknown> {
  return Object.fromEntries(attributes.getAll().map(({ key, value }) => [key.name, value]));
}
