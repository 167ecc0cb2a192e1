import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import type { Admission } from '../../src/domain/admission/admission.ts';
import { RESOLVED_SIGNAL, WAKE_SIGNAL } from '../../src/contract/remediation.ts';
import { FakeWorld, report, type Script } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import { admits, granted, heard, planned, step } from './scripts.ts';

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
