import { WorkflowUpdateFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { approvalClauseSchema } from '../../src/domain/plan/approval-clause.ts';
import { APPROVE_UPDATE, REJECT_UPDATE, RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import { aPlannedChange } from '../support/plans.ts';
import { FakeWorld } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import { heard, inMode, planned, step, vote } from './scripts.ts';

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
