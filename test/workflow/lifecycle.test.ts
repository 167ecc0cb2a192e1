import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.ts';
import type { Admission } from '../../src/domain/admission/admission.ts';
import type { Mode } from '../../src/domain/decision/mode.ts';
import { approvalClauseSchema } from '../../src/domain/plan/approval-clause.ts';
import {
  APPROVE_UPDATE,
  REJECT_UPDATE,
  RESOLVED_SIGNAL,
  UNDO_UPDATE,
  WAKE_SIGNAL,
} from '../../src/contract/remediation.ts';
import { aDecision, aPlan, aPlannedChange } from '../support/plans.ts';
import { FakeWorld, report, type Script, untilCancelled } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import type { Running } from './run-remediation.ts';

const inMode = (mode: Mode, overrides: Record<string, unknown> = {}): Script => ({
  decide: () => {
    const plan = aPlan({ approval: {}, ...overrides });
    const { approval: _, ...auto } = plan;
    const decision = aDecision(mode === 'approve' ? plan : auto);
    return Promise.resolve({ ...decision, effectiveMode: { mode, source: 'test' } });
  },
});
const planned = (overrides: Record<string, unknown>): Script => ({
  decide: () => Promise.resolve(aDecision(aPlan(overrides))),
});
/** The store's answers, one after the other; the last one stays. */
const admits = (...answers: Admission[]): Script => ({
  admit: () => Promise.resolve((answers.length > 1 ? answers.shift() : answers[0])!),
});
const granted = { status: 'granted', epoch: 1 } as const;
const step = ({ status }: Running) => expect.poll(async () => (await status()).step, { timeout: 10_000 });
const vote = (by: string, roles: string[] = ['approver']) => ({
  by,
  roles,
  reason: 'looks right',
  via: 'cli' as const,
});
const heard = (world: FakeWorld, name: keyof Activities) =>
  world.calls.filter((call) => call.name === name).map(({ input }) => input as Record<string, unknown>);

describe('modes', () => {
  it('off: nothing is measured, nothing is done', async () => {
    const world = new FakeWorld(inMode('off'));
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('suppressed');
      expect(world.names).not.toContain('prepare');
    });
  });

  it('observe: decided, told, never acted', async () => {
    const world = new FakeWorld(inMode('observe'));
    await withRemediation(world, async ({ result }) => {
      const end = await result();
      expect(end).toMatchObject({ outcome: 'observed', notified: ['on-call'] });
      expect(end.summary).toContain('it would have been: scale Deployment production/order-service 2 -> 5');
      expect(world.names).not.toContain('admit');
    });
  });

  it('human: what policy knows is handed to the on-call', async () => {
    const world = new FakeWorld({
      decide: () =>
        Promise.resolve({ verdict: 'human', rule: 'etcd', reason: 'look at the disk', policyRevision: 'test' }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated', notified: ['on-call'] });
    });
  });
});

describe('evidence', () => {
  const evidence = {
    signals: [{ name: 'errors', source: { kind: 'prometheus', query: { expr: 'x' } } }],
    threshold: 0.7,
  };

  it('of logs, below the threshold: observed, told, never acted on', async () => {
    const logs = {
      ...evidence,
      signals: [{ name: 'errors', source: { kind: 'loki', query: { expr: 'sum(rate({app="x"}[1m]))' } } }],
    };
    const world = new FakeWorld({
      ...planned({ evidence: logs }),
      gatherEvidence: () =>
        Promise.resolve({ confidence: 0.2, threshold: 0.7, enough: false, summary: 'confidence 0.2', signals: [] }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'observed', evidence: { confidence: 0.2 } });
      expect(world.names).not.toContain('admit');
    });
  });

  it('above it: acted on', async () => {
    const world = new FakeWorld(planned({ evidence }));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('remediated');
    });
  });
});

describe('admission', () => {
  it('refused without an end in sight: suppressed, with the reason, and nothing was changed', async () => {
    const world = new FakeWorld(admits({ status: 'refused', reason: 'cooldown', text: 'too soon' }));
    await withRemediation(world, async ({ result }) => {
      const end = await result();
      expect(end).toMatchObject({ outcome: 'suppressed', notified: ['on-call'] });
      expect(end.summary).toContain('cooldown');
      expect(world.names).not.toContain('scale');
    });
  });

  it('refused with a time: waits for it, and is then entered again', async () => {
    const until = Date.now() + 1500;
    const world = new FakeWorld(admits({ status: 'refused', reason: 'cooldown', text: 'too soon', until }, granted));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      expect(heard(world, 'prepare')).toHaveLength(2);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('remediated');
    });
  });

  it('refused for longer than the plan waits: told, and entered again when the reason has passed', async () => {
    const until = Date.now() + 7_200_000;
    const world = new FakeWorld(admits({ status: 'refused', reason: 'breaker_open', text: 'keeps failing', until }));
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'suppressed', notified: ['on-call'] });
      expect(heard(world, 'leave')[0]).toMatchObject({ what: 'all', acted: false, enterAgainAt: until });
    });
  });

  it('joined: shares the end of a leader that acted, and tells nobody again', async () => {
    const leader = 'remediation/default/Other/00000000000000aa/1';
    const world = new FakeWorld(
      admits({ status: 'joined', leader }, { status: 'shared', leader, outcome: 'remediated', text: 'cured' }),
    );
    await withRemediation(world, async (running) => {
      await step(running).toBe('joined');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'ended' });
      expect(await running.result()).toMatchObject({ outcome: 'joined', leader, notified: [] });
      expect(world.names).not.toContain('scale');
      expect(world.names).not.toContain('notify');
    });
  });

  it('joined: waits for that end also when its own alert resolves first, and reads nothing anew', async () => {
    const leader = 'remediation/default/Other/00000000000000aa/1';
    const shared = { status: 'shared', leader, outcome: 'rolled_back', text: 'no better' } as const;
    const world = new FakeWorld(admits({ status: 'joined', leader }, { status: 'joined', leader }, shared));
    await withRemediation(world, async (running) => {
      await step(running).toBe('joined');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      await expect.poll(() => heard(world, 'admit')).toHaveLength(2);
      await step(running).toBe('joined');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'ended' });
      expect(await running.result()).toMatchObject({ outcome: 'joined', leader });
      expect(heard(world, 'prepare')).toHaveLength(1);
    });
  });

  it('joined: also where the one at work has cured the target before the alert was read', async () => {
    const leader = 'remediation/default/Other/00000000000000aa/1';
    const world = new FakeWorld({
      reads: () => ({ objective: { status: 'met', text: '0.1 s' } }),
      ...admits({ status: 'joined', leader }, { status: 'shared', leader, outcome: 'remediated', text: 'cured' }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('joined');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'ended' });
      expect(await running.result()).toMatchObject({ outcome: 'joined', leader, notified: [] });
    });
  });

  describe('the action refuses what it sees', () => {
    const leader = 'remediation/default/Other/00000000000000aa/1';
    const refusal = () => ApplicationFailure.nonRetryable('it was rolled back already', 'RevisionUnsuitable');
    /** Refused the first `times`. */
    const refuses = (times: number): Script => {
      let looks = 0;
      const { prepare } = new FakeWorld(granting).activities;
      return {
        prepare: (input) => {
          looks += 1;
          return looks > times ? prepare(input) : Promise.reject(refusal());
        },
      };
    };
    const granting = admits(granted);

    it('because another one is changing it: shares its end', async () => {
      const world = new FakeWorld({
        ...refuses(Infinity),
        ...admits({ status: 'joined', leader }, { status: 'shared', leader, outcome: 'remediated', text: 'cured' }),
      });
      await withRemediation(world, async (running) => {
        await step(running).toBe('joined');
        await running.handle.signal(WAKE_SIGNAL, { kind: 'ended' });
        expect(await running.result()).toMatchObject({ outcome: 'joined', leader, notified: [] });
      });
    });

    it('because another one was changing it, which ended without: looks again', async () => {
      const world = new FakeWorld({ ...refuses(1), ...admits({ status: 'joined', leader }, granted) });
      await withRemediation(world, async (running) => {
        await step(running).toBe('joined');
        await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
        await step(running).toBe('watching');
        await running.handle.signal(RESOLVED_SIGNAL, {});
        expect((await running.result()).outcome).toBe('remediated');
      });
    });

    it('because it was changed a while ago: waits for the end of the pause, and looks again', async () => {
      const until = Date.now() + 500;
      const world = new FakeWorld({
        ...refuses(1),
        ...admits({ status: 'refused', reason: 'cooldown', text: 'too soon', until }, granted),
      });
      await withRemediation(world, async (running) => {
        await step(running).toBe('watching');
        await running.handle.signal(RESOLVED_SIGNAL, {});
        expect((await running.result()).outcome).toBe('remediated');
        expect(heard(world, 'prepare')).toHaveLength(2);
      });
    });

    it.each<[string, Admission]>([
      ['nothing else works on it', granted],
      ['all changes are paused', { status: 'refused', reason: 'paused', text: 'paused by a human' }],
    ])('while %s: a human is told', async (_, answer) => {
      const world = new FakeWorld({ ...refuses(Infinity), ...admits(answer) });
      await withRemediation(world, async ({ result }) => {
        const end = await result();
        expect(end).toMatchObject({ outcome: 'escalated', notified: ['on-call'] });
        expect(end.summary).toContain('it was rolled back already');
        expect(heard(world, 'leave')).toContainEqual(expect.objectContaining({ what: 'all' }));
      });
    });
  });

  it('joined: is next when its leader ended without acting', async () => {
    const leader = 'remediation/default/Other/00000000000000aa/1';
    const world = new FakeWorld(admits({ status: 'joined', leader }, granted));
    await withRemediation(world, async (running) => {
      await step(running).toBe('joined');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('remediated');
    });
  });

  it('queued: acts when its turn comes, on the target as it is then', async () => {
    const world = new FakeWorld(admits({ status: 'queued', position: 1, text: 'busy' }, granted));
    await withRemediation(world, async (running) => {
      await step(running).toBe('admitting');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      await step(running).toBe('watching');
      expect(heard(world, 'prepare')).toHaveLength(2);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
  });

  it('queued: ends when its turn does not come in time, and gives its place back', async () => {
    const world = new FakeWorld({
      ...planned({ guards: { waitSeconds: 1 } }),
      ...admits({ status: 'queued', position: 3, text: 'ten at once' }),
    });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('suppressed');
      expect(heard(world, 'leave')[0]).toMatchObject({ what: 'all', acted: false });
    });
  });

  it('queued: an alert that resolves meanwhile needs nothing any more', async () => {
    const world = new FakeWorld(admits({ status: 'queued', position: 1, text: 'busy' }));
    await withRemediation(world, async (running) => {
      await step(running).toBe('admitting');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('already_healthy');
    });
  });

  it('gives the slot back at the proof, and the target at the end', async () => {
    const world = new FakeWorld();
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await expect.poll(() => heard(world, 'leave').length).toBe(1);
      expect(heard(world, 'leave')[0]).toMatchObject({ what: 'slot', keepMoney: true });
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
      expect(heard(world, 'leave')[1]).toMatchObject({ what: 'all', outcome: 'remediated', acted: true });
    });
  });

  it('frees the money when the change is undone, and keeps it while it may still stand', async () => {
    const bad = () => Promise.resolve(report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'no' }));
    for (const [undoEffect, keepMoney] of [
      [undefined, false],
      [() => Promise.reject(ApplicationFailure.nonRetryable('no', 'KubernetesInvalid')), true],
    ] as const) {
      const world = new FakeWorld({ verifyRemediation: bad, ...(undoEffect && { undoEffect }) });
      await withRemediation(world, async ({ result }) => {
        await result();
        expect(heard(world, 'leave').at(-1)).toMatchObject({ acted: true, keepMoney });
      });
    }
  });

  it('an effect that is proven to have changed nothing counts as no act', async () => {
    const world = new FakeWorld({
      scale: () => Promise.resolve({ changed: false, text: 'It stood at 5 already', handle: {} }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
      expect(heard(world, 'leave').map(({ acted }) => acted)).toEqual([false, false]);
    });
  });
});

describe('the fence', () => {
  const fenced = (reason: string) => ApplicationFailure.nonRetryable(`closed: ${reason}`, 'FenceClosed', reason);
  /** The fence is closed at the first try. */
  const closedOnce = (reason: string): Script => {
    let tries = 0;
    return {
      scale: ({ planned: { moves } }) => {
        tries += 1;
        if (tries === 1) return Promise.reject(fenced(reason));
        return Promise.resolve({ changed: true, text: `Scaled to ${moves?.after}`, handle: {} });
      },
    };
  };

  it('another grant is in force: it asks anew, and undoes nothing', async () => {
    const world = new FakeWorld(closedOnce('not_holder'));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      expect(heard(world, 'admit')).toHaveLength(2);
      expect(world.names).not.toContain('undoEffect');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
  });

  it('paused: waits until it is woken, and goes on', async () => {
    const world = new FakeWorld(closedOnce('paused'));
    await withRemediation(world, async (running) => {
      await step(running).toBe('admitting');
      expect((await running.status()).summary).toContain('closed: paused');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
  });

  it('paused for longer than the plan waits: suppressed', async () => {
    const world = new FakeWorld({ ...planned({ guards: { waitSeconds: 1 } }), ...closedOnce('paused') });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'suppressed', notified: ['on-call'] });
      expect(heard(world, 'leave').at(-1)).toMatchObject({ acted: false });
    });
  });

  it.each([
    ['resolved', 'already_healthy'],
    ['mode', 'observed'],
  ])('%s: ends as %s, and nothing was changed', async (reason, outcome) => {
    const world = new FakeWorld(closedOnce(reason));
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe(outcome);
      expect(world.names).not.toContain('undoEffect');
    });
  });
});

const overBudget = {
  ...{ budget: 'default', currency: 'USD', daily: 10, committed: 9, added: 3 },
  ...{ allowed: false, reason: '12.00 is over the 10.00 a day' },
};

describe('approvals', () => {
  it('acts when enough different people have said yes, and records who', async () => {
    const world = new FakeWorld(inMode('approve', { approval: { quorum: 2 } }));
    await withRemediation(world, async (running) => {
      await step(running).toBe('awaiting_approval');
      const status = await running.status();
      expect(status.preview?.diff).toContain('replicas: 5');
      expect(heard(world, 'admit')).toMatchObject([{ only: 'target' }]);
      await expect.poll(() => heard(world, 'notify').length).toBe(1);
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      const again = running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('Ada ')] });
      await expect(again).rejects.toThrow(WorkflowUpdateFailedError);
      expect(world.names).not.toContain('scale');
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('grace')] });
      await step(running).toBe('watching');
      expect((await running.status()).approval?.votes.map(({ by }) => by)).toEqual(['ada', 'grace']);
      const audited = heard(world, 'recordAudit').flatMap(
        ({ entries }) => entries as { kind: string; actor: string }[],
      );
      expect(audited.filter(({ kind }) => kind === 'approval').map(({ actor }) => actor)).toEqual(['ada', 'grace']);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
  });

  it.each([
    ['denied', 'denied', { status: 'denied', budget: { ...overBudget, projected: 12 } }],
    ['escalated', 'escalated', { status: 'denied', budget: { ...overBudget, projected: null } }],
    ['suppressed', 'escalated', { status: 'refused', reason: 'max_concurrent', text: 'full' }],
  ] as const)('nobody is asked about what money or limits forbid: %s', async (outcome, kind, answer) => {
    const world = new FakeWorld({ ...inMode('approve'), admit: () => Promise.resolve(answer) });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe(outcome);
      expect(heard(world, 'admit')).toMatchObject([{ only: 'target' }]);
      expect(heard(world, 'notify').map(({ notice }) => (notice as { kind: string }).kind)).toEqual([kind]);
      expect(world.names).not.toContain('previewChange');
    });
  });

  it('are those of the team that the object names, whatever the alert says', async () => {
    const approval = { quorum: 1, teams: { payments: { quorum: 2, roles: ['payments'] }, shop: { quorum: 1 } } };
    const team = { name: 'payments', by: 'label team of Namespace production' };
    const reads = () => ({ planned: aPlannedChange({ ownership: { team, optedInBy: 'targets.namespaces' } }) });
    await withRemediation(new FakeWorld({ ...inMode('approve', { approval }), reads }), async (running) => {
      await step(running).toBe('awaiting_approval');
      expect((await running.status()).approval?.clause).toMatchObject({ quorum: 2, roles: ['payments'] });
      const stranger = running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('eve')] });
      await expect(stranger).rejects.toThrow(WorkflowUpdateFailedError);
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada', ['payments'])] });
      expect((await running.status()).step).toBe('awaiting_approval');
      await running.handle.executeUpdate(REJECT_UPDATE, { args: [vote('grace', ['payments'])] });
      expect(await running.result()).toMatchObject({ outcome: 'denied' });
    });
  });

  it('one rejection ends it', async () => {
    const world = new FakeWorld(inMode('approve'));
    await withRemediation(world, async (running) => {
      await step(running).toBe('awaiting_approval');
      await running.handle.executeUpdate(REJECT_UPDATE, { args: [vote('ada')] });
      const end = await running.result();
      expect(end.outcome).toBe('denied');
      expect(end.summary).toContain('rejected by ada');
      expect(world.names).not.toContain('scale');
    });
  });

  it.each([
    ['deny', 'denied'],
    ['escalate', 'expired'],
  ] as const)('the deadline means: %s', async (onDeadline, outcome) => {
    const world = new FakeWorld(inMode('approve', { approval: { deadlineSeconds: 1, onDeadline } }));
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe(outcome);
      expect(world.names).not.toContain('scale');
    });
  });

  it('an alert that resolves first needs no approval, and a vote that comes later is told so', async () => {
    const gate = Promise.withResolvers<undefined>();
    const world = new FakeWorld({
      ...inMode('approve'),
      selectChannels: () => Promise.resolve(['on-call']),
      notify: () => gate.promise,
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('awaiting_approval');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await expect.poll(async () => (await running.status()).approval?.status).toBe('moot');
      const late = running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      await expect(late).rejects.toMatchObject({
        cause: { message: expect.stringContaining('nothing is done') as string },
      });
      gate.resolve(undefined);
      expect((await running.result()).outcome).toBe('already_healthy');
    });
  });

  it('acts on a yes although a channel is down', async () => {
    const gate = Promise.withResolvers<undefined>();
    const world = new FakeWorld({ ...inMode('approve'), notify: () => gate.promise });
    await withRemediation(world, async (running) => {
      await step(running).toBe('awaiting_approval');
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      await step(running).toBe('watching');
      expect(world.names).toContain('scale');
      gate.resolve(undefined);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('remediated');
    });
  });

  it('refuses a target that has changed since it was approved', async () => {
    let reads = 0;
    const changed = new FakeWorld({
      ...inMode('approve'),
      reads: () => ({ planned: aPlannedChange({}, { replicas: (reads += 1) === 1 ? 2 : 3 }) }),
    });
    await withRemediation(changed, async (running) => {
      await step(running).toBe('awaiting_approval');
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      expect(await running.result()).toMatchObject({ outcome: 'escalated', fault: { type: 'TargetChanged' } });
      expect(changed.names).not.toContain('scale');
    });
  });

  it('takes no vote where nothing was asked', async () => {
    await withRemediation(new FakeWorld(), async (running) => {
      await step(running).toBe('watching');
      const early = running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      await expect(early).rejects.toThrow(WorkflowUpdateFailedError);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
  });

  it('has terms of its own where only the mode asks for a human', () => {
    expect(approvalClauseSchema.parse({})).toMatchObject({ quorum: 1, onDeadline: 'escalate' });
  });
});

describe('an object that something else applies', () => {
  const appliedBy = 'Argo CD (annotation argocd.argoproj.io/tracking-id of Deployment production/order-service)';
  const reads = () => ({ planned: aPlannedChange({ ownership: { optedInBy: 'targets.namespaces', appliedBy } }) });

  it('is left alone, and the on-call is told', async () => {
    const world = new FakeWorld({ ...planned({}), reads });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({
        outcome: 'escalated',
        summary: expect.stringContaining(`Left alone: it is applied by ${appliedBy}`) as string,
      });
      expect(world.names).not.toContain('admit');
      expect(world.names).not.toContain('scale');
    });
  });

  it('is acted on when a human says yes, where policy has it so', async () => {
    const world = new FakeWorld({ ...planned({ gitOps: 'human', approvers: { quorum: 1 } }), reads });
    await withRemediation(world, async (running) => {
      await step(running).toBe('awaiting_approval');
      expect(heard(world, 'admit')).toMatchObject([{ only: 'target' }]);
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect(await running.result()).toMatchObject({ outcome: 'remediated' });
    });
  });

  it('is acted on as any other where policy says so', async () => {
    const world = new FakeWorld({ ...planned({ gitOps: 'act' }), reads });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect(await running.result()).toMatchObject({ outcome: 'remediated' });
    });
  });
});

describe('undo by a named human', () => {
  it('puts the change back, says who, and ends as a workflow that completed', async () => {
    const world = new FakeWorld();
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.executeUpdate(UNDO_UPDATE, { args: [{ by: 'ada', reason: 'wrong service' }] });
      const end = await running.result();
      expect(end.outcome).toBe('cancelled');
      expect(end.summary).toContain('put back to 2');
      expect(end.fault?.message).toContain('ada');
      expect((await running.handle.describe()).status.name).toBe('COMPLETED');
    });
  });
});

describe('the audit', () => {
  it('of votes is written before the effect, which does not start if it cannot be', async () => {
    const world = new FakeWorld({
      ...inMode('approve'),
      recordAudit: () => Promise.reject(ApplicationFailure.nonRetryable('full', 'AuditUnavailable')),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('awaiting_approval');
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      await expect.poll(() => world.names.includes('recordAudit')).toBe(true);
      expect(world.names).not.toContain('scale');
      await running.handle.terminate();
    });
  });

  it('has each step once, under a key of its own', async () => {
    const world = new FakeWorld();
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
      const entries = heard(world, 'leave').flatMap((call) => call['audit'] as { key: string; kind: string }[]);
      expect(entries.map(({ kind }) => kind)).toEqual(['effect_done', 'outcome']);
      expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
    });
  });
});

describe('a change for a while', () => {
  const undone = (world: FakeWorld) => heard(world, 'undoEffect').length;
  const timed = (forSeconds: number, maxSeconds = 600, more: object = {}) =>
    planned({ timedLease: { forSeconds, maxSeconds }, ...more });

  it('is given back when its time is over, and not while the alert fires', async () => {
    const world = new FakeWorld(timed(1));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end).toMatchObject({ outcome: 'remediated', lease: [{ from: 5, to: 2, reason: 'its time is over' }] });
      expect(end.compensation).toBeUndefined();
      expect(undone(world)).toBe(1);
      const kinds = heard(world, 'leave').flatMap((call) => call['audit'] as { key: string }[]);
      expect(kinds.filter(({ key }) => key.endsWith('/lease/ended'))).toHaveLength(1);
    });
  });

  it('is given back at its longest time although the alert fires, once', async () => {
    const world = new FakeWorld(timed(1, 1));
    await withRemediation(world, async (running) => {
      await expect.poll(() => undone(world), { timeout: 20_000 }).toBe(1);
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect(await running.result()).toMatchObject({ outcome: 'remediated' });
      expect(undone(world)).toBe(1);
    });
  });

  it('is given back where the alert goes on for longer than is watched', async () => {
    const world = new FakeWorld(timed(60, 600, { watchSeconds: 1 }));
    await withRemediation(world, async (running) => {
      expect(await running.result()).toMatchObject({ outcome: 'escalated', fault: { type: 'AlertStillFiring' } });
      expect(undone(world)).toBe(1);
    });
  });

  it('is given back where it is cancelled while its time runs', async () => {
    const world = new FakeWorld(timed(600));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await step(running).toBe('leasing');
      await running.handle.cancel();
      await expect(running.result()).rejects.toThrow();
      expect(undone(world)).toBe(1);
    });
  });

  it('is given back where it is kept without a proof', async () => {
    const world = new FakeWorld({
      ...timed(600, 600, { verification: { ...aPlan().verification, onInconclusive: 'keep' } }),
      verifyRemediation: () =>
        Promise.resolve(report({ verdict: 'inconclusive', failure: 'VerificationInconclusive', summary: 'unknown' })),
    });
    await withRemediation(world, async (running) => {
      expect(await running.result()).toMatchObject({ outcome: 'escalated' });
      expect(undone(world)).toBe(1);
    });
  });
});

describe('a lease', () => {
  /** The steps that followed the act, as they were asked for. */
  const steps = (world: FakeWorld) =>
    heard(world, 'scale').flatMap(({ step: moved }) => {
      const { from, to } = (moved ?? {}) as { from?: number; to?: number };
      return from === undefined ? [] : [[from, to]];
    });
  const lease = { load: { name: 'load', query: { expr: 'sum(rate(x[1m]))' }, unit: 'req/s' }, checkSeconds: 1 };

  it('goes back to the baseline in verified steps when the alert has resolved', async () => {
    const world = new FakeWorld(planned({ lease }));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end).toMatchObject({ outcome: 'remediated' });
      expect(end.summary).toContain('back at 2');
      expect(end.lease?.map(({ from, to, result }) => [from, to, result])).toEqual([
        [5, 4, 'kept'],
        [4, 3, 'kept'],
        [3, 2, 'kept'],
      ]);
      expect(steps(world)).toEqual([
        [5, 4],
        [4, 3],
        [3, 2],
      ]);
    });
  });

  it('goes up again when a step hurts, and stays where it is after three', async () => {
    let verifications = 0;
    const world = new FakeWorld({
      ...planned({ lease }),
      verifyRemediation: () => {
        verifications += 1;
        return Promise.resolve(
          verifications === 1 ? report() : report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'slow' }),
        );
      },
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end).toMatchObject({ outcome: 'remediated' });
      expect(end.summary).toContain('5 replicas stay');
      expect(end.lease?.every(({ result }) => result === 'hurt')).toBe(true);
      expect(steps(world).at(-1)).toEqual([4, 5]);
    });
  });

  it('records each step before and after it, and where the target stood before all of them', async () => {
    const world = new FakeWorld(planned({ lease }));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
      const entries = [
        ...heard(world, 'recordAudit').flatMap(({ entries }) => entries as { key: string }[]),
        ...heard(world, 'leave').flatMap(({ audit }) => audit as { key: string }[]),
      ];
      const recorded = entries
        .map(({ key }) => key.replace(running.handle.workflowId, ''))
        .filter((key) => key.includes('lease'));
      expect(recorded.toSorted()).toEqual([1, 2, 3].flatMap((n) => [`/lease/${n}/done`, `/lease/${n}/intended`]));
    });
  });

  it('takes no step while the pause switch is on, and goes on after it', async () => {
    const fences = [false, true, true];
    const world = new FakeWorld({
      ...planned({ lease }),
      scale: ({ step: moved, planned: { moves } }) =>
        fences.shift() === true
          ? Promise.reject(ApplicationFailure.nonRetryable('paused by ada: a release', 'FenceClosed', 'paused'))
          : Promise.resolve({ changed: true, text: `Scaled to ${moved?.to ?? moves?.after}`, handle: {} }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end.summary).toContain('back at 2');
      expect(steps(world)).toEqual([
        [5, 4],
        [5, 4],
        [5, 4],
        [4, 3],
        [3, 2],
      ]);
      expect(end.timeline.map(({ text }) => text)).toContain('Held back: paused by ada: a release');
    });
  });

  it('takes a step back up that could not be judged, and says so', async () => {
    let waits = 0;
    const world = new FakeWorld({
      ...planned({ lease }),
      observeEffect: () => {
        waits += 1;
        return waits === 2
          ? Promise.reject(ApplicationFailure.nonRetryable('no Pod came up', 'EffectFailed'))
          : Promise.resolve({ text: 'ready', readings: [] });
      },
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end).toMatchObject({ outcome: 'escalated', fault: { type: 'EffectFailed' } });
      expect(end.summary).toContain('5 replicas stay');
      expect(steps(world)).toEqual([
        [5, 4],
        [4, 5],
      ]);
    });
  });

  it('ends when somebody has set the very value that a step wanted', async () => {
    const world = new FakeWorld({
      ...planned({ lease }),
      scale: ({ step: moved }) => Promise.resolve({ changed: moved === undefined, text: 'Scaled', handle: {} }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end.outcome).toBe('remediated');
      expect(end.summary).toContain('another hand has set 4');
      expect(steps(world)).toHaveLength(1);
    });
  });

  it('keeps a proven cure when the load cannot be measured at the proof', async () => {
    const world = new FakeWorld({
      ...planned({ lease }),
      measureSignal: () => Promise.reject(ApplicationFailure.nonRetryable('bad query', 'QueryInvalid')),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('remediated');
      expect(world.names).not.toContain('undoEffect');
    });
  });

  it('goes on where an earlier one made way, although nothing has to be done for the alert', async () => {
    const world = new FakeWorld({
      ...planned({ lease }),
      reads: () => ({ planned: aPlannedChange({ baseline: 2 }, { replicas: 5 }) }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end.summary).toContain('back at 2');
      expect(steps(world)).toEqual([
        [5, 4],
        [4, 3],
        [3, 2],
      ]);
      expect(world.names).toContain('releaseTarget');
    });
  });

  const next = 'remediation/default/Next/00000000000000bb/1';
  /** Watches the load until another remediation wants the target, and steps down as ever after that. */
  const untilAsked = (): Script => {
    let watches = 0;
    return {
      awaitLeaseStep: ({ current, bounds }) => {
        watches += 1;
        if (watches === 1) return untilCancelled();
        if (current <= bounds.floor) return Promise.resolve({ kind: 'done', reason: `back at ${current}` });
        return Promise.resolve({ kind: 'down', to: current - 1, reason: 'less is enough' });
      },
    };
  };

  it.each([
    ['the target as it was', { status: 'stands' }, [[5, 4], [4, 3], [3, 2]]], // prettier-ignore
    ['a lease that it has taken over, half given back', { status: 'moved', byRemediations: 3 }, [[3, 2]]],
    ['nothing to give back', { status: 'moved', byRemediations: 2 }, []],
    ['more than there was', { status: 'moved', byRemediations: 9 }, []],
    ["the target in a human's hands", { status: 'moved' }, []],
  ] as const)(
    'makes way for another remediation, and goes on after it, which left %s',
    async (_what, stands, taken) => {
      const standing = { text: 'somebody has set it', expected: '5', found: '?', by: 'somebody', ...stands };
      const asked: string[] = [];
      const world = new FakeWorld({
        ...{ ...planned({ lease }), ...untilAsked() },
        checkStanding: () => Promise.resolve(standing),
        admit: ({ lends }) => {
          if (lends === true) asked.push('back');
          return Promise.resolve(asked.length === 1 ? { status: 'queued', position: 1, text: 'busy' } : granted);
        },
      });
      await withRemediation(world, async (running) => {
        await step(running).toBe('watching');
        await running.handle.signal(RESOLVED_SIGNAL, {});
        await step(running).toBe('leasing');
        await running.handle.signal(WAKE_SIGNAL, { kind: 'yield', to: next });
        await expect.poll(() => heard(world, 'leave').at(-1)).toMatchObject({ what: 'aside' });
        await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
        await expect.poll(() => asked).toHaveLength(1);
        expect(steps(world)).toEqual([]);
        await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
        expect(await running.result()).toMatchObject({ outcome: 'remediated' });
        expect(steps(world)).toEqual(taken);
        expect(world.names).toContain('releaseTarget');
      });
    },
  );

  it('only watches when another remediation wants the target: that has it first, and the lease comes after it', async () => {
    const world = new FakeWorld(planned({ lease }));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await expect.poll(() => heard(world, 'leave')).toMatchObject([{ what: 'slot' }]);
      await running.handle.signal(WAKE_SIGNAL, { kind: 'yield', to: next });
      await expect.poll(() => heard(world, 'leave').at(-1)).toMatchObject({ what: 'aside' });
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await expect.poll(async () => (await running.status()).summary).toContain(`Made way for ${next}`);
      expect(steps(world)).toEqual([]);
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      expect((await running.result()).summary).toContain('back at 2');
    });
  });

  it('goes on after an outage of the servers that it asks', async () => {
    let looks = 0;
    const world = new FakeWorld({
      ...planned({ lease }),
      awaitLeaseStep: ({ current, bounds }) => {
        looks += 1;
        if (looks === 1) return Promise.reject(ApplicationFailure.nonRetryable('away', 'PrometheusUnavailable'));
        if (current <= bounds.floor) return Promise.resolve({ kind: 'done', reason: `back at ${current}` });
        return Promise.resolve({ kind: 'down', to: current - 1, reason: 'less is enough' });
      },
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).summary).toContain('back at 2');
    });
  });

  it('leaves a human alone who moved the target', async () => {
    let acts = 0;
    const world = new FakeWorld({
      ...planned({ lease }),
      scale: () => {
        acts += 1;
        return acts === 1
          ? Promise.resolve({ changed: true, text: 'Scaled', handle: {} })
          : Promise.reject(ApplicationFailure.nonRetryable('it was 5, kubectl has set 7 meanwhile', 'TargetChanged'));
      },
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end.outcome).toBe('remediated');
      expect(end.summary).toContain('kubectl');
      expect(world.names).not.toContain('undoEffect');
    });
  });
});
