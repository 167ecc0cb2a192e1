import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.ts';
import type { Mode } from '../../src/domain/decision/mode.ts';
import { approvalClauseSchema } from '../../src/domain/plan/approval-clause.ts';
import { APPROVE_UPDATE, REJECT_UPDATE, RESOLVED_SIGNAL, UNDO_UPDATE } from '../../src/contract/remediation.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { FakeWorld, report, snapshot, untilCancelled } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import type { Running } from './run-remediation.ts';

const inMode = (mode: Mode, overrides: Record<string, unknown> = {}): Partial<Activities> => ({
  decide: () => {
    const plan = aPlan({ approval: {}, ...overrides });
    const { approval: _, ...auto } = plan;
    const decision = aDecision(mode === 'approve' ? plan : auto);
    return Promise.resolve({ ...decision, effectiveMode: { mode, source: 'test' } });
  },
});
const planned = (overrides: Record<string, unknown>): Partial<Activities> => ({
  decide: () => Promise.resolve(aDecision(aPlan(overrides))),
});
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
      expect(world.names).not.toContain('inspectTarget');
    });
  });

  it('observe: decided, told, never acted', async () => {
    const world = new FakeWorld(inMode('observe'));
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'observed', notified: ['on-call'] });
      expect(world.names).not.toContain('enterTarget');
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

  it('below the threshold: observed, told, never acted on', async () => {
    const world = new FakeWorld({
      ...planned({ evidence }),
      gatherEvidence: () =>
        Promise.resolve({ confidence: 0.2, threshold: 0.7, enough: false, summary: 'confidence 0.2', signals: [] }),
    });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'observed', evidence: { confidence: 0.2 } });
      expect(world.names).not.toContain('enterTarget');
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

describe('guards', () => {
  it('refused: suppressed, with the reason, and nothing was changed', async () => {
    const world = new FakeWorld({
      enterTarget: () => Promise.resolve({ status: 'refused', reason: 'cooldown', text: 'too soon' }),
    });
    await withRemediation(world, async ({ result }) => {
      const end = await result();
      expect(end).toMatchObject({ outcome: 'suppressed', notified: ['on-call'] });
      expect(end.summary).toContain('cooldown');
      expect(world.names).not.toContain('applyScale');
    });
  });

  it('joined: shares the end of the leader, and tells nobody again', async () => {
    const leader = 'remediation/Other/00000000000000aa/1';
    const world = new FakeWorld({ enterTarget: () => Promise.resolve({ status: 'joined', leader }) });
    await withRemediation(world, async (running) => {
      await step(running).toBe('joined');
      await running.handle.signal('guardLeaderEnded', { leader, outcome: 'remediated', text: 'cured' });
      expect(await running.result()).toMatchObject({ outcome: 'joined', leader, notified: [] });
      expect(world.names).not.toContain('applyScale');
      expect(world.names).not.toContain('notify');
    });
  });

  it('queued: acts when its turn comes, on the target as it is then', async () => {
    const world = new FakeWorld({
      enterTarget: () => Promise.resolve({ status: 'queued', position: 1, text: 'busy' }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('passing_guards');
      await running.handle.signal('guardTurn', { status: 'granted' });
      await step(running).toBe('watching');
      expect(heard(world, 'inspectTarget')).toHaveLength(2);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
  });

  it('queued: ends when its turn does not come in time, and gives its place back', async () => {
    const world = new FakeWorld({
      ...planned({ guards: { waitSeconds: 1 } }),
      enterCluster: () => Promise.resolve({ status: 'queued', position: 3, text: 'ten at once' }),
    });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('suppressed');
      expect(heard(world, 'leaveGuards')[0]).toMatchObject({
        cluster: { name: 'order-service' },
        target: { name: 'order-service' },
      });
    });
  });

  it('queued: an alert that resolves meanwhile needs nothing any more', async () => {
    const world = new FakeWorld({
      enterTarget: () => Promise.resolve({ status: 'queued', position: 1, text: 'busy' }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('passing_guards');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('already_healthy');
    });
  });

  it('gives the place in the cluster back at the proof, and the target at the end', async () => {
    const world = new FakeWorld();
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await expect.poll(() => heard(world, 'leaveGuards').length).toBe(1);
      expect(heard(world, 'leaveGuards')[0]).not.toHaveProperty('target');
      expect(heard(world, 'leaveGuards')[0]).toMatchObject({ ledger: { keep: true } });
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
      expect(heard(world, 'leaveGuards')[1]).toMatchObject({ leave: { outcome: 'remediated', acted: true } });
    });
  });

  it('names the money that it asked for when it has heard no answer', async () => {
    const world = new FakeWorld({
      reserveBudget: () => Promise.reject(ApplicationFailure.nonRetryable('no such budget', 'BudgetUnknown')),
    });
    await withRemediation(world, async ({ handle, result }) => {
      expect((await result()).outcome).toBe('escalated');
      expect(heard(world, 'leaveGuards')[0]).toMatchObject({
        reserving: { remediationId: handle.workflowId, budget: { name: 'default' }, addedReplicas: 3 },
      });
    });
  });

  it('releases the reservation when the change is undone', async () => {
    const world = new FakeWorld({
      verifyRemediation: () =>
        Promise.resolve(report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'no' })),
    });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('rolled_back');
      expect(heard(world, 'leaveGuards').at(-1)).toMatchObject({ ledger: { keep: false } });
    });
  });
});

describe('the pause switch', () => {
  const paused = { paused: true, by: 'ada', reason: 'maintenance' };

  /** Thrown while the remediation waits for its place in the cluster, so that it stands before its effect. */
  async function whilePaused(test: (running: Running, world: FakeWorld) => Promise<void>, waitSeconds = 600) {
    const world = new FakeWorld({
      ...planned({ guards: { waitSeconds } }),
      enterCluster: () => Promise.resolve({ status: 'queued', position: 1, text: 'busy' }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('passing_guards');
      await running.handle.signal('guardPaused', paused);
      await running.handle.signal('clusterTurn', { status: 'granted' });
      await test(running, world);
    });
  }

  it('holds back the next effect, and lets it go on when it is off again', async () => {
    await whilePaused(async (running, world) => {
      await step(running).toBe('paused');
      expect(world.names).not.toContain('applyScale');
      await running.handle.signal('guardPaused', { ...paused, paused: false });
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
  });

  it('suppresses what has waited for too long', async () => {
    await whilePaused(async ({ result }, world) => {
      const end = await result();
      expect(end.outcome).toBe('suppressed');
      expect(end.summary).toContain('ada');
      expect(world.names).not.toContain('applyScale');
    }, 1);
  });

  it('lets a compensation run', async () => {
    const gate = Promise.withResolvers<undefined>();
    const world = new FakeWorld({
      verifyRemediation: async () => {
        await gate.promise;
        return report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'no' });
      },
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('verifying');
      await running.handle.signal('guardPaused', paused);
      gate.resolve(undefined);
      expect((await running.result()).outcome).toBe('rolled_back');
    });
  });
});

describe('approvals', () => {
  it('acts when enough different people have said yes, and records who', async () => {
    const world = new FakeWorld(inMode('approve', { approval: { quorum: 2 } }));
    await withRemediation(world, async (running) => {
      await step(running).toBe('awaiting_approval');
      const status = await running.status();
      expect(status.preview?.diff).toContain('replicas: 5');
      await expect.poll(() => heard(world, 'notify').length).toBe(1);
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      const again = running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('Ada ')] });
      await expect(again).rejects.toThrow(WorkflowUpdateFailedError);
      expect(world.names).not.toContain('applyScale');
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

  it('one rejection ends it', async () => {
    const world = new FakeWorld(inMode('approve'));
    await withRemediation(world, async (running) => {
      await step(running).toBe('awaiting_approval');
      await running.handle.executeUpdate(REJECT_UPDATE, { args: [vote('ada')] });
      const end = await running.result();
      expect(end.outcome).toBe('denied');
      expect(end.summary).toContain('rejected by ada');
      expect(world.names).not.toContain('applyScale');
    });
  });

  it.each([
    ['deny', 'denied'],
    ['escalate', 'expired'],
  ] as const)('the deadline means: %s', async (onDeadline, outcome) => {
    const world = new FakeWorld(inMode('approve', { approval: { deadlineSeconds: 1, onDeadline } }));
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe(outcome);
      expect(world.names).not.toContain('applyScale');
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
      expect(world.names).toContain('applyScale');
      gate.resolve(undefined);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('remediated');
    });
  });

  it('refuses a target that has changed since it was approved', async () => {
    let inspections = 0;
    const changed = new FakeWorld({
      ...inMode('approve'),
      inspectTarget: () => {
        inspections += 1;
        return Promise.resolve(inspections === 1 ? snapshot : { ...snapshot, value: 3, replicas: 3 });
      },
    });
    await withRemediation(changed, async (running) => {
      await step(running).toBe('awaiting_approval');
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote('ada')] });
      expect(await running.result()).toMatchObject({ outcome: 'escalated', fault: { type: 'TargetChanged' } });
      expect(changed.names).not.toContain('applyScale');
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
  it('is written before the effect, which does not start if it cannot be', async () => {
    const world = new FakeWorld({
      recordAudit: () => Promise.reject(ApplicationFailure.nonRetryable('full', 'AuditUnavailable')),
    });
    await withRemediation(world, async (running) => {
      await step(running).not.toBe('deciding');
      await expect.poll(() => world.names.includes('recordAudit')).toBe(true);
      expect(world.names).not.toContain('applyScale');
      await running.handle.terminate();
    });
  });

  it('has each step once, under a key of its own', async () => {
    const world = new FakeWorld();
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
      const entries = heard(world, 'recordAudit').flatMap((call) => call['entries'] as { key: string; kind: string }[]);
      expect(entries.map(({ kind }) => kind)).toEqual(['decision', 'effect_intended', 'effect_done', 'outcome']);
      expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
    });
  });
});

describe('a lease', () => {
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
      expect(heard(world, 'applyScale').map(({ from, to }) => [from, to])).toEqual([
        [2, 5],
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
      expect(heard(world, 'applyScale').at(-1)).toMatchObject({ from: 4, to: 5 });
    });
  });

  it('records each step before and after it, and where the target stood before all of them', async () => {
    const world = new FakeWorld(planned({ lease }));
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
      const entries = heard(world, 'recordAudit').flatMap(({ entries }) => entries as { key: string }[]);
      const steps = entries
        .map(({ key }) => key.replace(running.handle.workflowId, ''))
        .filter((key) => key.includes('lease'));
      expect(steps).toEqual([1, 2, 3].flatMap((n) => [`/lease/${n}/intended`, `/lease/${n}/done`]));
      expect(heard(world, 'applyScale').map(({ baseline }) => baseline)).toEqual([2, 2, 2, 2]);
    });
  });

  it('takes no step while the pause switch is on, and goes on after it', async () => {
    const pauses = [
      { by: 'ada', reason: 'a release' },
      { by: 'ada', reason: 'a release' },
    ];
    const acts: (number | string)[] = [];
    const world = new FakeWorld({
      ...planned({ lease }),
      readPause: () => {
        const pause = pauses.shift();
        if (pause !== undefined) acts.push('paused');
        return Promise.resolve(pause);
      },
      applyScale: ({ from, to }) => {
        acts.push(to);
        return Promise.resolve({ changed: true, before: from, after: to });
      },
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end.summary).toContain('back at 2');
      expect(acts).toEqual([5, 'paused', 'paused', 4, 3, 2]);
      expect(end.timeline.map(({ text }) => text)).toContain('Paused by ada: a release');
    });
  });

  it('takes a step back up that could not be judged, and says so', async () => {
    let waits = 0;
    const world = new FakeWorld({
      ...planned({ lease }),
      awaitReady: ({ replicas }) => {
        waits += 1;
        return waits === 2
          ? Promise.reject(ApplicationFailure.nonRetryable('no Pod came up', 'RolloutFailed'))
          : Promise.resolve({ readyReplicas: replicas, waitedMs: 1 });
      },
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end).toMatchObject({ outcome: 'escalated', fault: { type: 'RolloutFailed' } });
      expect(end.summary).toContain('5 replicas stay');
      expect(heard(world, 'applyScale').map(({ to }) => to)).toEqual([5, 4, 5]);
    });
  });

  it('ends when somebody has set the very value that a step wanted', async () => {
    const world = new FakeWorld({
      ...planned({ lease }),
      applyScale: ({ from, to }) => Promise.resolve({ changed: from === 2, before: from, after: to }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end.outcome).toBe('remediated');
      expect(end.summary).toContain('somebody else has set 4');
      expect(heard(world, 'applyScale')).toHaveLength(2);
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
      expect(world.names).not.toContain('restoreScale');
    });
  });

  it('goes on where an earlier one made way, although nothing has to be done for the alert', async () => {
    const world = new FakeWorld({
      ...planned({ lease }),
      inspectTarget: () => Promise.resolve({ ...snapshot, value: 5, replicas: 5, readyReplicas: 5, leasedFrom: 2 }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end.summary).toContain('back at 2');
      expect(heard(world, 'applyScale').map(({ from, to }) => [from, to])).toEqual([
        [5, 4],
        [4, 3],
        [3, 2],
      ]);
      expect(world.names).toContain('releaseTarget');
    });
  });

  it('makes way for another remediation, and leaves it the marks', async () => {
    const world = new FakeWorld({
      ...planned({ lease }),
      awaitLeaseStep: untilCancelled,
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await step(running).toBe('leasing');
      await running.handle.signal('guardYield', { to: 'remediation/Next/00000000000000bb/1' });
      const end = await running.result();
      expect(end.outcome).toBe('remediated');
      expect(end.summary).toContain('made way');
      expect(world.names).not.toContain('releaseTarget');
    });
  });

  it('leaves a human alone who moved the target', async () => {
    let acts = 0;
    const world = new FakeWorld({
      ...planned({ lease }),
      applyScale: ({ from, to }) => {
        acts += 1;
        return acts === 1
          ? Promise.resolve({ changed: true, before: from, after: to })
          : Promise.reject(ApplicationFailure.nonRetryable('it was 5, kubectl has set 7 meanwhile', 'TargetChanged'));
      },
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      const end = await running.result();
      expect(end.outcome).toBe('remediated');
      expect(end.summary).toContain('kubectl');
      expect(world.names).not.toContain('restoreScale');
    });
  });
});
