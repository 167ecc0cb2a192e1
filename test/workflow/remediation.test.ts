import { ApplicationFailure } from '@temporalio/activity';
import type { TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { FailureType } from '../../src/domain/failures.ts';
import { RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan, aPlannedChange } from '../support/plans.ts';
import { baseline, denied, FakeWorld, prepared, report, untilCancelled } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import type { Running } from './run-remediation.ts';

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
      const inOrder = ['prepare', 'admit', 'scale', 'verifyRemediation', 'notify', 'releaseTarget'];
      expect(world.names.filter((name) => inOrder.includes(name))).toEqual(inOrder);
      const after = world.names.slice(world.names.indexOf('verifyRemediation'));
      expect(after.filter((name) => name === 'leave')).toHaveLength(2);
      expect(ended).toEqual([{ action: 'scale', outcome: 'remediated', seconds: expect.any(Number) as number }]);
    });
  });

  it('keeps the decision in history before the first effect, and stays within 38 events', async () => {
    const world = new FakeWorld();
    await withRemediation(world, async ({ handle, result }) => {
      // Not asked by queries: each that comes while a local activity runs costs a workflow task more.
      await expect.poll(() => world.names).toContain('notify');
      await handle.signal(RESOLVED_SIGNAL, {});
      await result();
      const { events = [] } = await handle.fetchHistory();
      const firstEffect = events?.findIndex(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'scale',
      );
      const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input ?? {};
      expect(decodePayloads(input)).toContain('"policyRevision":"test"');
      expect(firstEffect).toBeGreaterThan(0);
      expect(events?.length).toBeLessThanOrEqual(38);
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
    await withRemediation(world, async ({ handle, result, status, ended }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      const end = await result();
      expect(end).toMatchObject({ outcome: 'remediated', summary: 'Nothing was changed, and the alert has resolved' });
      expect(world.names).not.toContain('scale');
      expect(world.names).toContain('verifyRemediation');
      // No cure of ours: not in what people are told, not in the metrics, not in the scorecard.
      const told = world.calls.find(({ name }) => name === 'notify')?.input as { notice: { summary: string } };
      expect(told.notice.summary).toMatch(/^Nothing was changed: p95 latency/);
      expect(ended).toMatchObject([{ action: 'none', outcome: 'remediated' }]);
      expect(keywordsOf((await handle.describe()).typedSearchAttributes)).toMatchObject({ MendloopAction: 'none' });
    });
  });

  it('tells beside each step what belongs to it, in order', async () => {
    await withRemediation(new FakeWorld(), async ({ handle, result, status }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      const { timeline } = await result();
      expect(timeline.map(({ step, text }) => `${step}: ${text}`).slice(-8)).toEqual([
        'acting: scale Deployment production/order-service 2 -> 5',
        'acting: Scaled 2 -> 5',
        expect.stringMatching(
          /^verifying: Waiting for 5 ready replicas, then verifying from fresh metrics for \d+ s at most$/,
        ),
        'verifying: 5 ready replicas',
        'verifying: p95 latency 0.14 s <= 0.2 s in 3 samples in a row',
        expect.stringMatching(/^watching: Cured; watching until the alert resolves, for \d+ s at most$/),
        'notifying: Cured, and the alert has resolved',
        'ended: Cured, and the alert has resolved',
      ]);
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
      await expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS }).toBe('watching');
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

  it('acts when the objective that could not be measured at first can be at the second look', async () => {
    let looks = 0;
    const away = { status: 'unknown', text: 'p95 latency cannot be measured: unknown (unavailable)' } as const;
    const world = new FakeWorld({
      reads: () => ({ objective: (looks += 1) === 1 ? away : prepared().objective }),
    });
    await withRemediation(world, async ({ handle, status, result }) => {
      await expect.poll(async () => (await status()).step).toBe('watching');
      await handle.signal(RESOLVED_SIGNAL, {});
      expect((await result()).outcome).toBe('remediated');
    });
  });

  it('what stands where the plan wants it and is healthy already is no cure: a human is told', async () => {
    const planned = aPlannedChange({}, { replicas: 5 });
    const world = new FakeWorld({ reads: () => ({ planned, objective: { status: 'met', text: '0.1 s' } }) });
    await withRemediation(world, async ({ result }) => {
      const end = await result();
      expect(end).toMatchObject({ outcome: 'escalated', notified: ['on-call'] });
      expect(end.summary).toContain('holds already');
      expect(world.names).not.toContain('verifyRemediation');
    });
  });

  it('too little evidence while a source is away is weighed anew in a minute', async () => {
    const signal = { name: 'errors', unit: '', value: null, median: null, mad: null, deviations: null };
    const away = { ...signal, score: 0, weight: 1, samples: 0, reason: 'unavailable' } as const;
    const evidence = { confidence: 0, threshold: 0.7, enough: false, summary: 'errors unknown', signals: [away] };
    const world = new FakeWorld({ reads: () => ({ evidence }) });
    await withRemediation(world, async ({ result }) => {
      const from = Date.now();
      expect((await result()).outcome).toBe('observed');
      const left = world.calls.findLast(({ name }) => name === 'leave')?.input as { enterAgainAt: number };
      expect(left.enterAgainAt - from).toBeLessThanOrEqual(120_000);
    });
  });

  it.each([
    ['was over the budget', { added: 3, projected: 11 }, 'denied'],
    ['could not be told', { added: 3, projected: null }, 'escalated'],
  ] as const)('money that %s', async (_what, figures, outcome) => {
    const budget = { budget: 'default', currency: 'USD', daily: 10, committed: 8, allowed: false, reason: 'no' };
    const world = new FakeWorld({
      admit: () => Promise.resolve({ status: 'denied', budget: { ...budget, ...figures } }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome, summary: 'no', notified: ['on-call'] });
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

  it.each(['TargetChanged', 'TargetReplaced', 'TargetNotFound'] as const)(
    'another hand takes the change away while it is waited for (%s): it is told, and counts against no rule',
    async (type) => {
      const text = 'We had set 5, and argocd has put it back to 2 already';
      const world = new FakeWorld({
        observeEffect: reject(type, 'argocd has set Deployment order-service to 2 while 5 were waited for'),
        undoEffect: () => Promise.resolve({ status: 'nothing_to_undo', text }),
      });
      await withRemediation(world, async (running) => await expectTakenAway(running, world, text));
    },
  );

  it('another hand takes the change away while the proof is taken: no cure of ours, whatever was measured', async () => {
    const text = 'We had set 5, and argocd has put it back to 2 already';
    const moved = report({
      verdict: 'inconclusive',
      failure: 'LeverMoved',
      summary: 'argocd has set 2 where we had set 5',
    });
    const world = new FakeWorld({
      ...{ decide: () => Promise.resolve(aDecision(keeping())) },
      verifyRemediation: () => Promise.resolve(moved),
      undoEffect: () => Promise.resolve({ status: 'nothing_to_undo', text }),
    });
    await withRemediation(world, async (running) => await expectTakenAway(running, world, text));
  });

  it.each([
    ['refused', ApplicationFailure.nonRetryable('gone', 'Internal'), 'nothing had been changed'],
    [
      'not answered',
      ApplicationFailure.nonRetryable('no answer', 'KubernetesUnavailable'),
      'whether it was done is not known',
    ],
  ])('says of what cannot be undone, and was %s, what is known', async (_what, error, text) => {
    const planned = { ...aPlannedChange(), undo: 'none' as const };
    const world = new FakeWorld({ reads: () => ({ planned }), scale: () => Promise.reject(error) });
    await withRemediation(world, async ({ handle, result, status }) => {
      if (text.startsWith('whether')) {
        await expect.poll(async () => (await status()).step).toBe('acting');
        await handle.cancel();
        await expect(result()).rejects.toThrow();
      } else await result();
      expect((await status()).summary).toContain(text);
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

/** A plan that keeps what could not be judged. */
function keeping() {
  const plan = aPlan();
  return { ...plan, verification: { ...plan.verification, onInconclusive: 'keep' as const } };
}

async function expectTakenAway({ handle, result, ended }: Running, world: FakeWorld, text: string): Promise<void> {
  const end = await result();
  expect(end).toMatchObject({ outcome: 'escalated', notified: ['on-call'] });
  expect(end.summary).toContain(text);
  expect(end.summary).not.toContain('nothing had been changed');
  const left = world.calls.findLast(({ name }) => name === 'leave')?.input;
  expect(left).toMatchObject({ what: 'all', keepMoney: false });
  expect(keywordsOf((await handle.describe()).typedSearchAttributes)).toMatchObject({ MendloopAction: 'none' });
  expect(ended).toMatchObject([{ action: 'none', outcome: 'escalated' }]);
}

function bad(type: 'VerificationFailed' | 'ContentionDetected') {
  return report({ verdict: 'bad', failure: type, summary: `${type} as scripted`, before: baseline.objective });
}

function decodePayloads(payloads: { payloads?: { data?: Uint8Array | null }[] | null }): string {
  return (payloads.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString('utf8')).join();
}

function keywordsOf(attributes: TypedSearchAttributes): Record<string, unknown> {
  return Object.fromEntries(attributes.getAll().map(({ key, value }) => [key.name, value]));
}
