import { ApplicationFailure } from '@temporalio/activity';
import type { TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { FailureType } from '../../src/domain/failures.ts';
import { RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import { aDecision, aPlan, aPlannedChange } from '../support/plans.ts';
import { baseline, denied, FakeWorld, prepared, report, untilCancelled } from './fake-world.ts';
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

      expect(end).toMatchObject({
        outcome: 'remediated',
        alertResolved: true,
        effect: { moved: { before: 2, after: 5 } },
      });
      const inOrder = ['prepare', 'admit', 'scale', 'observeEffect', 'verifyRemediation', 'notify', 'releaseTarget'];
      expect(world.names.filter((name) => inOrder.includes(name))).toEqual(inOrder);
      const after = world.names.slice(world.names.indexOf('verifyRemediation'));
      expect(after.filter((name) => name === 'leave')).toHaveLength(2);
      expect(ended).toEqual([{ action: 'scale', outcome: 'remediated', seconds: expect.any(Number) as number }]);
    });
  });

  it('keeps the decision in history before the first effect, and stays within 42 events', async () => {
    await withRemediation(new FakeWorld(), async ({ handle, result, status }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      await result();
      const { events = [] } = await handle.fetchHistory();
      const firstEffect = events?.findIndex(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'scale',
      );
      const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input ?? {};
      expect(decodePayloads(input)).toContain('"policyRevision":"test"');
      expect(firstEffect).toBeGreaterThan(0);
      expect(events?.length).toBeLessThanOrEqual(42);
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
    const world = new FakeWorld({ reads: () => ({ planned: aPlannedChange({}, { replicas: 5 }) }) });
    await withRemediation(world, async ({ handle, result, status }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      expect((await result()).outcome).toBe('remediated');
      expect(world.names).not.toContain('scale');
      expect(world.names).toContain('verifyRemediation');
    });
  });

  it('never takes capacity away for an alert', async () => {
    const world = new FakeWorld({ reads: () => ({ planned: aPlannedChange({}, { replicas: 8 }) }) });
    await withRemediation(world, async ({ handle, result, status }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      await result();
      expect(world.names).not.toContain('scale');
    });
  });

  it('waits for a server that is away, with the wait visible as an ordinary activity', async () => {
    let calls = 0;
    const world = new FakeWorld({
      reads: () => {
        calls += 1;
        return calls <= 3 ? Promise.reject(ApplicationFailure.retryable('away', 'KubernetesUnavailable')) : {};
      },
    });
    await withRemediation(world, async ({ handle, status }) => {
      await expect.poll(async () => (await status()).step, { timeout: 20_000 }).toBe('watching');
      const { events } = await handle.fetchHistory();
      const names = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
      expect(names).toContain('prepare');
      await handle.signal(RESOLVED_SIGNAL, {});
      await handle.result();
    });
  });
});

describe('endings without an act', () => {
  it.each([
    [
      'the source does not know the alert',
      { source: { status: 'not_firing', source: 'prometheus', asked: 'ALERTS', text: 'no such series' } },
      'escalated',
      /ALERTS/,
    ],
    [
      'the objective cannot be measured',
      { objective: { status: 'unknown', text: 'no series http_requests' } },
      'escalated',
      /no series http_requests/,
    ],
    [
      'the objective holds already, also at a second look',
      { objective: { status: 'met', text: '0.1 s' } },
      'escalated',
      /holds already/,
    ],
    [
      'too little evidence',
      { evidence: { confidence: 0.2, threshold: 0.7, enough: false, summary: 'confidence 0.2', signals: [] } },
      'observed',
      /confidence 0.2/,
    ],
  ] as const)('%s: nothing is changed, and a human is told', async (_why, reads, outcome, text) => {
    const world = new FakeWorld({ reads: () => reads });
    await withRemediation(world, async ({ result }) => {
      const end = await result();
      expect(end).toMatchObject({ outcome, notified: ['on-call'] });
      expect(end.summary).toMatch(text);
      // At most whether somebody else is at work on the target: no slot, no money.
      const asked = world.calls.filter(({ name }) => name === 'admit').map(({ input }) => input);
      expect(asked).toEqual(asked.map(() => expect.objectContaining({ only: 'target' }) as unknown));
      expect(world.names).not.toContain('scale');
    });
  });

  it('acts when the objective that held at first is broken at the second look', async () => {
    let looks = 0;
    const world = new FakeWorld({
      reads: () => ({ objective: (looks += 1) === 1 ? { status: 'met', text: '0.1 s' } : prepared().objective }),
      awaitObjectiveBroken: () => Promise.resolve({ objective: prepared().objective, baseline }),
    });
    await withRemediation(world, async ({ handle, status, result }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      expect((await result()).outcome).toBe('remediated');
    });
  });

  it('rejected: no rule wants the alert acted on', async () => {
    const world = new FakeWorld({
      decide: () => Promise.resolve({ verdict: 'reject', rule: '', reason: 'unknown alert', policyRevision: 'test' }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'rejected', summary: 'unknown alert' });
      expect(world.names).not.toContain('scale');
    });
  });

  it('observed: decided, never acted', async () => {
    const world = new FakeWorld({ decide: () => Promise.resolve(aDecision(aPlan(), 'observe')) });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('observed');
      expect(world.names).not.toContain('scale');
    });
  });

  it('denied: the budget forbids it, and the on-call hears of it', async () => {
    const world = new FakeWorld(denied);
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'denied', notified: ['on-call'] });
      expect(world.names).not.toContain('scale');
    });
  });

  it('already healthy: the alert resolved before the act', async () => {
    const gate = Promise.withResolvers<undefined>();
    let asked = 0;
    const world = new FakeWorld({
      // Held back on its patient path, because a local activity would hold the signal back as well.
      reads: async () => {
        asked += 1;
        if (asked <= 2) throw ApplicationFailure.retryable('away', 'KubernetesUnavailable');
        await gate.promise;
        return {};
      },
    });
    await withRemediation(world, async ({ handle, status, result }) => {
      await handle.signal(RESOLVED_SIGNAL, {});
      await expect.poll(async () => (await status()).alertResolved).toBe(true);
      gate.resolve(undefined);
      expect((await result()).outcome).toBe('already_healthy');
      expect(world.names).not.toContain('scale');
    });
  });

  it.each([
    ['decide', 'PolicyAnswerInvalid'],
    ['prepare', 'TargetNotFound'],
    ['prepare', 'KubernetesForbidden'],
    ['prepare', 'QueryInvalid'],
    ['prepare', 'BudgetUnknown'],
    ['admit', 'Internal'],
  ] as const)('escalated: %s fails with %s', async (activity, type) => {
    const world = new FakeWorld({ [activity]: reject(type) });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', fault: { type }, notified: ['on-call'] });
      expect(world.names).not.toContain('scale');
      expect(world.names).not.toContain('undoEffect');
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
    ['the rollout fails', { observeEffect: reject('EffectFailed') }],
    ['the rollout takes too long', { observeEffect: reject('EffectTimedOut') }],
    ['somebody changes the target meanwhile', { observeEffect: reject('TargetChanged') }],
  ])('rolled back: %s', async (_why, script) => {
    const world = new FakeWorld(script);
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({
        outcome: 'rolled_back',
        compensation: { status: 'restored', text: 'put back to 2' },
        notified: ['on-call'],
      });
      expect(world.names).toContain('undoEffect');
    });
  });

  it('undoes an act whose answer was never heard', async () => {
    const world = new FakeWorld({ scale: reject('KubernetesInvalid') });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('rolled_back');
      expect(world.names).toContain('undoEffect');
    });
  });

  it('escalates when the act never happened: there is nothing to undo', async () => {
    const world = new FakeWorld({
      scale: reject('TargetChanged'),
      undoEffect: () => Promise.resolve({ status: 'nothing_to_undo', text: 'it is at 3' }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', fault: { type: 'TargetChanged' } });
    });
  });

  it('escalates with both values when somebody else changed the target after us', async () => {
    const world = new FakeWorld({
      verifyRemediation: () => Promise.resolve(bad('VerificationFailed')),
      undoEffect: () =>
        Promise.resolve({ status: 'left_alone', text: 'left alone', expected: '5', found: '7', by: 'kubectl' }),
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
      observeEffect: reject('TargetNotFound'),
      undoEffect: () => Promise.resolve({ status: 'gone', text: 'it is gone' }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', compensation: { status: 'gone' } });
    });
  });

  it('escalates loudly with the exact manual command when the undo fails', async () => {
    const world = new FakeWorld({
      verifyRemediation: () => Promise.resolve(bad('VerificationFailed')),
      undoEffect: reject('KubernetesInvalid', 'no more'),
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
      expect(world.names).not.toContain('undoEffect');
    });
  });

  it('escalates when the alert still fires at the end of the watch', async () => {
    const world = new FakeWorld({ decide: () => Promise.resolve(aDecision(aPlan({ watchSeconds: 1 }))) });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', fault: { type: 'AlertStillFiring' } });
      expect(world.names).not.toContain('undoEffect');
    });
  });
});

describe('an undo that is refused', () => {
  it('is tried again when the credentials come back', async () => {
    let asked = 0;
    const world = new FakeWorld({
      verifyRemediation: () => Promise.resolve(bad('VerificationFailed')),
      undoEffect: () => {
        asked += 1;
        return asked === 1
          ? Promise.reject(failure('KubernetesForbidden', 'no more'))
          : Promise.resolve({ status: 'restored', text: 'put back to 2' });
      },
    });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('rolled_back');
      expect(asked).toBe(2);
    });
  });
});

describe('cancelling', () => {
  it.each([
    ['awaiting', { observeEffect: untilCancelled }],
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
      expect(world.names).toContain('undoEffect');
    });
  });
});

describe('telling people', () => {
  it('reaches the other channels when one refuses for good', async () => {
    const world = new FakeWorld({
      prepare: reject('BudgetUnknown'),
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
