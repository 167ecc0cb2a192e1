import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { RESOLVED_SIGNAL, WAKE_SIGNAL } from '../../src/contract/remediation.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aPlan, aPlannedChange } from '../support/plans.ts';
import { FakeWorld, report, type Script, untilCancelled } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import { granted, heard, planned, step } from './scripts.ts';

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
      await expect.poll(() => undone(world), { timeout: PATIENCE_MS }).toBe(1);
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
