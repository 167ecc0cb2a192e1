import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { APPROVE_UPDATE, RESOLVED_SIGNAL, UNDO_UPDATE, WAKE_SIGNAL } from '../../src/contract/remediation.ts';
import { FakeWorld, type Script } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import { heard, inMode, planned, step, vote } from './scripts.ts';

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
      await expect
        .poll(() => running.status())
        .toMatchObject({ step: 'admitting', summary: expect.stringContaining('closed: paused') as string });
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
