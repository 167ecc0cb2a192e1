import { ApplicationFailure } from '@temporalio/activity';
import { temporal } from '@temporalio/proto';
import { describe, expect, it } from 'vitest';
import type { AdmitInput } from '../../src/activities/admission.ts';
import { APPROVE_UPDATE, RESOLVED_SIGNAL, UNDO_UPDATE } from '../../src/contract/remediation.ts';
import type { PlannedChange } from '../../src/domain/actions/contract.ts';
import type { EffectInput } from '../../src/domain/actions/effects.ts';
import type { LeaveRequest } from '../../src/domain/admission/admission.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-entry.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { JudgedPrecondition } from '../../src/domain/precondition/precondition.ts';
import { formatTarget } from '../../src/domain/target/format-target.ts';
import { aDecision, aPlan, aPlannedChange } from '../support/plans.ts';
import { FakeWorld, report, type Script } from './fake-world.ts';
import { withRemediation } from './harness.ts';

/** One that cannot be undone, of a Pod. */
const removal: PlannedChange = {
  ...aPlannedChange(),
  ...{ action: 'delete_pod', undo: 'none', title: 'delete Pod production/order-service-1', locks: ['other'] },
  target: { cluster: 'default', namespace: 'production', kind: 'Pod', name: 'order-service-1' },
};
const growth = aPlannedChange();
const CHANGES = { removal, growth };
const PLANS = {
  removal: aPlan({
    ...{ action: 'delete_pod', parameters: {} },
    target: { namespace: 'production', kind: 'Pod', name: 'order-service-1' },
  }),
  growth: aPlan(),
};
type Name = keyof typeof PLANS;

function ladder(...names: [Name, ...Name[]]): { decision: Decision } {
  const [plan, ...further] = names.map((name) => PLANS[name]);
  return { decision: { ...aDecision(plan), ...(further.length === 0 ? {} : { further }) } };
}

const disproven = { verdict: 'bad', failure: 'VerificationFailed', summary: 'p95 latency 1.2 s' } as const;

/** The first so many proofs fail. */
function world(names: readonly Name[], { failing, ...script }: Script & { failing: number }): FakeWorld {
  let proofs = 0;
  return new FakeWorld({
    reads: ({ rung } = { rung: 1 }) => ({ planned: CHANGES[names[rung - 1] ?? 'growth'] }),
    verifyRemediation: () => {
      proofs += 1;
      return Promise.resolve(proofs <= failing ? report(disproven) : report());
    },
    delete_pod: () => Promise.resolve({ changed: true, text: 'Deleted Pod production/order-service-1', handle: {} }),
    ...script,
  });
}

const inputs = <T>({ calls }: FakeWorld, name: string) =>
  calls.filter((call) => call.name === name).map(({ input }) => input as T);
const audited = (seen: FakeWorld) =>
  inputs<LeaveRequest>(seen, 'leave').flatMap(({ audit }) =>
    audit.map(({ key }: AuditEntry) => key.split('/').slice(5).join('/')),
  );
const summaries = (seen: FakeWorld) =>
  inputs<{ notice: { kind: string; summary: string } }>(seen, 'notify').map(
    ({ notice }) => `${notice.kind}: ${notice.summary}`,
  );

const { EventType } = temporal.api.enums.v1;
const isOfTask = (type: unknown) =>
  type === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED ||
  type === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED ||
  type === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;

describe('a ladder', () => {
  it('goes on with what stood behind a Pod that an earlier rung has replaced', async () => {
    const workload = { cluster: 'default', namespace: 'production', kind: 'Deployment', name: 'order-service' };
    const asked: unknown[] = [];
    const seen = world(['removal', 'growth'], {
      failing: 1,
      reads: ({ rung, behind } = { rung: 1 }) => {
        asked.push(behind);
        return { planned: rung === 1 ? { ...removal, subject: { target: workload } } : growth };
      },
    });
    const ofPod = aPlan({ target: PLANS.removal.target });
    await withRemediation(
      seen,
      async ({ handle, status, result }) => {
        await expect.poll(async () => (await status()).step).toBe('watching');
        await handle.signal(RESOLVED_SIGNAL, {});
        expect(await result()).toMatchObject({ outcome: 'remediated', ladder: { rung: 2 } });
      },
      { decision: { ...aDecision(PLANS.removal), ...{ further: [ofPod] } } },
    );
    expect(asked).toEqual([undefined, workload]);
  });

  it('undoes what did not cure, and tries the next on the same hold', async () => {
    const names = ['growth', 'removal'] as const;
    const seen = world(names, { failing: 1 });
    await withRemediation(
      seen,
      async ({ handle, status, result, ended }) => {
        await expect.poll(async () => (await status()).step).toBe('watching');
        await handle.signal(RESOLVED_SIGNAL, {});
        expect(await result()).toMatchObject({
          outcome: 'remediated',
          effect: { text: 'Deleted Pod production/order-service-1' },
          ladder: {
            ...{ rung: 2, of: 2 },
            tried: [
              {
                ...{ rung: 1, action: 'scale', acted: true, effect: 'Scaled 2 -> 5', undo: 'put back to 2' },
                because: 'VerificationFailed: p95 latency 1.2 s',
              },
            ],
          },
        });
        expect(ended).toMatchObject([{ action: 'delete_pod', outcome: 'remediated' }]);
        const { typedSearchAttributes } = await handle.describe();
        const shown = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
        expect(shown).toMatchObject({
          MendloopAction: 'delete_pod',
          MendloopTarget: 'default/production/Pod/order-service-1',
        });
      },
      ladder(...names),
    );
    // Nothing was given back between the two, and the money of what was undone is free.
    expect(inputs<LeaveRequest>(seen, 'leave').map(({ what }) => what)).toEqual(['slot', 'all']);
    const [first, second] = inputs<AdmitInput>(seen, 'admit');
    expect(first).not.toHaveProperty('ladder');
    expect(second).toMatchObject({
      ladder: { rung: 2, before: { acted: true, keepMoney: false, actedAt: expect.any(Number) as number } },
      holds: ['default/production/Deployment/order-service'],
    });
    expect(inputs<EffectInput>(seen, 'delete_pod')).toMatchObject([{ rung: 2 }]);
    expect(audited(seen)).toEqual(['act/done', 'compensation', 'rung-2/act/done', 'outcome']);
    expect(inputs<LeaveRequest>(seen, 'leave').at(-1)).toMatchObject({
      acted: true,
      actedBefore: true,
      keepMoney: true,
    });
  });

  it('keeps what cannot be undone, with its money, and says so', async () => {
    const names = ['removal', 'growth'] as const;
    const seen = world(names, { failing: 2 });
    await withRemediation(
      seen,
      async ({ result }) => {
        const { outcome, summary } = await result();
        expect(outcome).toBe('rolled_back');
        expect(summary).toBe(
          'VerificationFailed: p95 latency 1.2 s; put back to 2. Tried before: 1. Deleted Pod ' +
            'production/order-service-1 (VerificationFailed: p95 latency 1.2 s; it stays)',
        );
      },
      ladder(...names),
    );
    expect(inputs<AdmitInput>(seen, 'admit')[1]).toMatchObject({
      ladder: { rung: 2, before: { acted: true, keepMoney: true } },
      holds: ['default/production/Pod/order-service-1', 'other'],
    });
    expect(summaries(seen).at(-1)).toMatch(/^rolled_back: .*Tried before/);
    // The marks of both are taken off.
    expect(inputs<{ planned: PlannedChange }>(seen, 'releaseTarget').map(({ planned }) => planned.action)).toEqual([
      'delete_pod',
      'scale',
    ]);
  });

  it('costs at most 14 events for a further rung', async () => {
    const counts: number[] = [];
    for (const names of [['removal'], ['removal', 'removal']] as [Name, ...Name[]][]) {
      await withRemediation(
        world(names, { failing: names.length - 1 }),
        async ({ handle, status, result }) => {
          await expect.poll(async () => (await status()).step).toBe('watching');
          await handle.signal(RESOLVED_SIGNAL, {});
          await result();
          const types = (await handle.fetchHistory()).events?.map(({ eventType }) => eventType) ?? [];
          // A server under load may split a workflow task: those that answer an activity are what a rung costs.
          const answered = types.filter((type) => type === EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED).length;
          counts.push(types.filter((type) => !isOfTask(type)).length + 3 * answered);
        },
        ladder(...names),
      );
    }
    const [one = 0, two = 0] = counts;
    expect(two - one).toBeGreaterThan(0);
    expect(two - one).toBeLessThanOrEqual(14);
  });

  it('goes on where an action refuses, and begins with nothing done', async () => {
    const refusing = () => Promise.reject(ApplicationFailure.nonRetryable('at its maximum', 'AutoscalerLimit'));
    const seen = world(['growth', 'removal'], {
      failing: 0,
      reads: ({ rung } = { rung: 1 }) => (rung === 1 ? refusing() : { planned: removal }),
    });
    await withRemediation(
      seen,
      async ({ handle, status, result }) => {
        await expect.poll(async () => (await status()).step).toBe('watching');
        await handle.signal(RESOLVED_SIGNAL, {});
        expect(await result()).toMatchObject({
          outcome: 'remediated',
          ladder: { rung: 2, tried: [{ acted: false, because: 'AutoscalerLimit: at its maximum' }] },
        });
      },
      ladder('growth', 'removal'),
    );
    expect(seen.names).not.toContain('scale');
    expect(inputs<AdmitInput>(seen, 'admit')).toMatchObject([
      // Whether another remediation is why it was refused; the target is its own from there on.
      { looks: true, only: 'target' },
      { ladder: { rung: 2, before: { acted: false } }, holds: [formatTarget(aPlan().target)] },
    ]);
  });

  it('goes on where an action refuses what was changed a while ago, and does not wait until it may be changed again', async () => {
    const refusing = () => Promise.reject(ApplicationFailure.nonRetryable('restarted 20 s ago', 'TooSoon'));
    const until = Date.now() + 3_600_000;
    const answers = [{ status: 'refused', reason: 'cooldown', text: 'too soon', until } as const];
    const seen = world(['growth', 'removal'], {
      failing: 0,
      reads: ({ rung } = { rung: 1 }) => (rung === 1 ? refusing() : { planned: removal }),
      admit: () => Promise.resolve(answers.shift() ?? { status: 'granted', epoch: 1 }),
    });
    await withRemediation(
      seen,
      async ({ handle, status, result }) => {
        await expect.poll(async () => (await status()).step).toBe('watching');
        await handle.signal(RESOLVED_SIGNAL, {});
        expect(await result()).toMatchObject({
          outcome: 'remediated',
          ladder: { rung: 2, tried: [{ acted: false, because: 'TooSoon: restarted 20 s ago' }] },
        });
      },
      ladder('growth', 'removal'),
    );
  });

  it('goes on where a precondition is not met, and names it with what was seen', async () => {
    const judged: JudgedPrecondition[] = [
      { kind: 'at_rest', text: 'no rollout under way', met: false, seen: '1 of 3 Pods are of its newest template' },
    ];
    const refusing = () => {
      const message = 'Deployment a/b: at_rest wants no rollout under way, and 1 of 3 Pods are of its newest template';
      return Promise.reject(
        ApplicationFailure.create({ type: 'PreconditionNotMet', message, nonRetryable: true, details: [judged] }),
      );
    };
    const seen = world(['growth', 'removal'], {
      failing: 0,
      reads: ({ rung } = { rung: 1 }) => (rung === 1 ? refusing() : { planned: removal }),
    });
    await withRemediation(
      seen,
      async ({ handle, status, result }) => {
        await expect.poll(async () => (await status()).step).toBe('watching');
        await handle.signal(RESOLVED_SIGNAL, {});
        const { ladder: ended } = await result();
        expect(ended?.tried[0]?.because).toMatch(
          /^PreconditionNotMet: .*at_rest wants no rollout under way, and 1 of 3/,
        );
      },
      ladder('growth', 'removal'),
    );
    expect(seen.names).not.toContain('scale');
    const last = world(['growth'], { failing: 0, reads: refusing });
    await withRemediation(
      last,
      async ({ result }) => {
        const { outcome, summary, fault } = await result();
        expect(outcome).toBe('escalated');
        expect(summary).toMatch(/^PreconditionNotMet: Deployment a\/b: at_rest wants .*; nothing had been changed$/);
        expect(fault).toMatchObject({ type: 'PreconditionNotMet', preconditions: judged });
      },
      ladder('growth'),
    );
    expect(last.names).not.toContain('scale');
    expect(summaries(last).at(-1)).toMatch(/^escalated: PreconditionNotMet: .*1 of 3 Pods are of its newest template/);
  });

  it.each<[string, Script, string]>([
    [
      'could not be judged',
      {
        verifyRemediation: () =>
          Promise.resolve(report({ ...disproven, verdict: 'inconclusive', failure: 'VerificationInconclusive' })),
      },
      'rolled_back',
    ],
    [
      'hurt a neighbour',
      { verifyRemediation: () => Promise.resolve(report({ ...disproven, failure: 'ContentionDetected' })) },
      'rolled_back',
    ],
    [
      'was changed by another hand when it was to be undone',
      {
        undoEffect: () =>
          Promise.resolve({ status: 'left_alone', text: 'x', expected: '5', found: '7', by: 'kubectl' }),
      },
      'escalated',
    ],
    [
      'cannot be undone',
      { undoEffect: () => Promise.reject(ApplicationFailure.nonRetryable('no', 'KubernetesInvalid')) },
      'escalated',
    ],
  ])('ends with a human where what was done %s', async (_what, script, outcome) => {
    const seen = world(['growth', 'removal'], { failing: 1, ...script });
    await withRemediation(
      seen,
      async ({ result }) => {
        expect(await result()).toMatchObject({ outcome });
      },
      ladder('growth', 'removal'),
    );
    expect(seen.names).not.toContain('delete_pod');
  });

  it('is not gone on with once the alert has resolved, and says what was tried', async () => {
    const seen = world(['removal', 'growth'], {
      failing: 1,
      reads: ({ rung } = { rung: 1 }) => ({
        planned: rung === 1 ? removal : growth,
        ...(rung === 1
          ? {}
          : { source: { status: 'not_firing', source: 'prometheus', asked: 'ALERTS', text: 'no series' } }),
      }),
    });
    await withRemediation(
      seen,
      async ({ result }) => {
        const end = await result();
        expect(end.outcome).toBe('already_healthy');
        expect(end.summary).toMatch(/^The alert was over before rung 2 was tried. Tried before: 1. Deleted Pod/);
      },
      ladder('removal', 'growth'),
    );
    expect(seen.names).not.toContain('scale');
    expect(inputs<LeaveRequest>(seen, 'leave')).toMatchObject([
      { what: 'all', acted: true, keepMoney: true, actedBefore: true },
    ]);
  });

  it('takes back what stands when a human says so on a later rung, and tells what stays', async () => {
    const seen = world(['removal', 'growth'], { failing: 1 });
    await withRemediation(
      seen,
      async ({ handle, status, result }) => {
        await expect.poll(async () => (await status()).step).toBe('watching');
        await handle.executeUpdate(UNDO_UPDATE, { args: [{ by: 'maria', reason: 'not now' }] });
        const end = await result();
        expect(end).toMatchObject({ outcome: 'cancelled', compensation: { status: 'restored' } });
        expect(end.summary).toMatch(/^Cancelled by a human; put back to 2. Tried before: 1. Deleted Pod .*it stays/);
      },
      ladder('removal', 'growth'),
    );
  });

  it('asks people for each rung, and tells them what was tried', async () => {
    const asking = (name: Name) => ({ ...PLANS[name], approval: aPlan({ approval: { quorum: 1 } }).approval });
    const decision = { ...aDecision(asking('removal')), further: [asking('growth')] } as Decision;
    const seen = world(['removal', 'growth'], { failing: 1 });
    await withRemediation(
      seen,
      async ({ handle, status, result }) => {
        const vote = {
          args: [{ by: 'maria', roles: ['approver'], reason: '', via: 'cli' as const }] as const,
        };
        for (const rung of [1, 2]) {
          await expect
            .poll(async () => [(await status()).step, (await status()).ladder?.rung])
            .toEqual(['awaiting_approval', rung]);
          await handle.executeUpdate(APPROVE_UPDATE, { args: [...vote.args] });
        }
        await expect.poll(async () => (await status()).step).toBe('watching');
        await handle.signal(RESOLVED_SIGNAL, {});
        expect(await result()).toMatchObject({ outcome: 'remediated' });
      },
      { decision },
    );
    const asked = summaries(seen).filter((text) => text.startsWith('approval_requested'));
    expect(asked).toHaveLength(2);
    expect(asked[0]).not.toContain('Tried before');
    expect(asked[1]).toContain('Tried before: 1. Deleted Pod production/order-service-1');
    const keys = inputs<{ idempotencyKey: string }>(seen, 'notify').map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(keys.length);
    // No slot while people think.
    expect(inputs<AdmitInput>(seen, 'admit').map(({ only }) => only ?? 'all')).toEqual([
      'target',
      'all',
      'target',
      'all',
    ]);
  });

  it('goes on at the rung that a run which was reset had come to', async () => {
    const result = { changed: true, text: 'Scaled 2 -> 5', handle: {} };
    const seen = world(['removal', 'growth'], { failing: 0 });
    const { prepare } = seen.activities;
    const reset = world(['removal', 'growth'], {
      failing: 0,
      prepare: async (input) => ({
        ...(await prepare(input)),
        verdict: { go: true },
        ...(input.rung === 2 ? { admission: { status: 'granted', epoch: 3 } } : {}),
        earlier: { rung: 2, planned: growth, result },
      }),
    });
    await withRemediation(
      reset,
      async ({ handle, status, result: ended }) => {
        await expect.poll(async () => (await status()).step).toBe('watching');
        await handle.signal(RESOLVED_SIGNAL, {});
        expect(await ended()).toMatchObject({ outcome: 'remediated', effect: result, ladder: { rung: 2 } });
      },
      ladder('removal', 'growth'),
    );
    expect(reset.names).not.toContain('delete_pod');
    expect(reset.names).not.toContain('scale');
  });
});
