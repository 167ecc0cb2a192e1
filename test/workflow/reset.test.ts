import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import type { EffectResult } from '../../src/domain/actions/effects.ts';
import type { FenceReason } from '../../src/domain/admission/admission.ts';
import type { EarlierAct } from '../../src/domain/remediation/earlier-act.ts';
import { aPlannedChange } from '../support/plans.ts';
import { failedBefore, FakeWorld, prepared, type Script } from './fake-world.ts';
import { withRemediation } from './harness.ts';

const planned = aPlannedChange();
const result: EffectResult = { changed: true, text: 'Scaled 2 -> 5', handle: {} };

/** What `prepare` finds in a run that was reset after it had acted. */
function resumes(earlier: Omit<EarlierAct, 'planned'>): Script {
  return {
    prepare: () =>
      Promise.resolve({
        prepared: { ...prepared(planned), objective: { status: 'met', text: 'p95 latency 0.1 s' } },
        verdict: { go: true },
        admission: { status: 'granted', epoch: 2 },
        earlier: { planned, ...earlier },
      }),
  };
}

function fencedOff(reason: FenceReason): Script {
  return {
    scale: () =>
      Promise.reject(
        ApplicationFailure.create({
          type: 'FenceClosed',
          message: reason,
          nonRetryable: true,
          details: [reason, false],
        }),
      ),
  };
}

describe('a run that was reset after the act', () => {
  it('goes on with what was done, and does nothing more', async () => {
    const world = new FakeWorld(resumes({ result }));
    await withRemediation(world, async (running) => {
      await expect.poll(async () => (await running.status()).step).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect(await running.result()).toMatchObject({ outcome: 'remediated', effect: result });
    });
    expect(world.names).not.toContain('scale');
    expect(world.calls.find(({ name }) => name === 'leave')?.input).toMatchObject({ acted: true, keepMoney: true });
  });

  it('undoes it where it does not help', async () => {
    const world = new FakeWorld({ ...failedBefore, ...resumes({ result }) });
    await withRemediation(world, async (running) => {
      expect(await running.result()).toMatchObject({ outcome: 'rolled_back', compensation: { status: 'restored' } });
    });
    expect(world.names).not.toContain('scale');
  });

  it('asks for it once more where its answer was never heard', async () => {
    const world = new FakeWorld(resumes({}));
    await withRemediation(world, async (running) => {
      await expect.poll(async () => (await running.status()).step).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect(await running.result()).toMatchObject({ outcome: 'remediated' });
    });
    expect(world.calls.filter(({ name }) => name === 'scale')).toHaveLength(1);
  });

  it.each(['resolved', 'mode'] as const)(
    'undoes what it may have done when the fence is closed: %s',
    async (reason) => {
      const world = new FakeWorld({ ...resumes({}), ...fencedOff(reason) });
      await withRemediation(world, async (running) => {
        expect(await running.result()).toMatchObject({ outcome: 'rolled_back', compensation: { status: 'restored' } });
      });
    },
  );
});
