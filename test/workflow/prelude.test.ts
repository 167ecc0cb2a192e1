import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.ts';
import { APPROVE_UPDATE, RESOLVED_SIGNAL, WAKE_SIGNAL } from '../../src/contract/remediation.ts';
import type { UndoEffectRequest } from '../../src/activities/effects.ts';
import type { AdmitInput } from '../../src/activities/admission.ts';
import type { LeaveRequest } from '../../src/domain/admission/admission.ts';
import type { PreparedPrelude } from '../../src/domain/remediation/prepared.ts';
import { Place, resetTo } from '../support/installation/reset.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { aPrelude, relaxed } from '../support/preludes.ts';
import { failedBefore, FakeWorld, type Script, untilCancelled } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import type { Running } from './run-remediation.ts';

/** A plan that scales, after a budget was relaxed. */
function world(
  {
    maxSeconds = 600,
    prelude = { planned: relaxed },
    ...script
  }: Script & { maxSeconds?: number; prelude?: PreparedPrelude } = {},
  overrides: Record<string, unknown> = {},
): FakeWorld {
  return new FakeWorld({
    decide: () => Promise.resolve(aDecision(aPlan({ prelude: aPrelude(maxSeconds), ...overrides }))),
    reads: () => ({ prelude }),
    ...script,
  });
}

const heard = <T>({ calls }: FakeWorld, name: keyof Activities) =>
  calls.filter((call) => call.name === name).map(({ input }) => input as T);
const undone = (seen: FakeWorld) =>
  heard<UndoEffectRequest>(seen, 'undoEffect').map(({ planned: { action } }) => action);
/** What changed something, in its order. */
const done = ({ names }: FakeWorld) => names.filter((name) => ['relax_pdb', 'scale', 'undoEffect'].includes(name));
const audited = (seen: FakeWorld) =>
  heard<LeaveRequest>(seen, 'leave').flatMap(({ audit }) => audit.map(({ key }) => key.split('/').slice(5).join('/')));
const step = ({ status }: Running) => expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS });
const reached = (seen: FakeWorld, name: keyof Activities, times = 1) =>
  expect.poll(() => heard(seen, name).length, { timeout: PATIENCE_MS }).toBe(times);

async function cured(running: Running) {
  await step(running).toBe('watching');
  await running.handle.signal(RESOLVED_SIGNAL, {});
  return await running.result();
}

describe('a prelude', () => {
  it('comes before the change, holds its object too, and is given back when the change is proven', async () => {
    const seen = world();
    await withRemediation(seen, async (running) => {
      await step(running).toBe('watching');
      expect(undone(seen)).toEqual(['relax_pdb']);
      expect(await cured(running)).toMatchObject({
        outcome: 'remediated',
        prelude: { planned: { title: relaxed.title }, effect: { changed: true }, undo: { status: 'restored' } },
      });
    });
    expect(done(seen)).toEqual(['relax_pdb', 'scale', 'undoEffect']);
    expect(seen.names.indexOf('undoEffect')).toBeGreaterThan(seen.names.indexOf('verifyRemediation'));
    expect(heard<AdmitInput>(seen, 'admit')).toMatchObject([{ prepared: { prelude: { planned: relaxed } } }]);
    expect(heard(seen, 'relax_pdb')).toMatchObject([{ prelude: true, epoch: 1 }]);
    expect(heard<object>(seen, 'scale')[0]).not.toHaveProperty('prelude');
    expect(audited(seen)).toEqual(['prelude/done', 'act/done', 'prelude/ended', 'outcome']);
  });

  it('is given back after the change, where that was no cure', async () => {
    const seen = world(failedBefore);
    await withRemediation(seen, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'rolled_back', prelude: { undo: { status: 'restored' } } });
    });
    expect(undone(seen)).toEqual(['scale', 'relax_pdb']);
  });

  it('is not done where it is not needed, which is said', async () => {
    const seen = world({ prelude: { unneeded: 'the budget allows 1 disruptions already' } });
    await withRemediation(seen, async (running) => {
      expect(await cured(running)).toMatchObject({
        outcome: 'remediated',
        prelude: { unneeded: expect.any(String) as string },
      });
    });
    expect(done(seen)).toEqual(['scale']);
  });

  it('is not done where it is not needed any more just before it', async () => {
    const seen = world({
      relax_pdb: () => Promise.reject(ApplicationFailure.nonRetryable('it allows 1 already', 'NotIndicated')),
    });
    await withRemediation(seen, async (running) => {
      expect(await cured(running)).toMatchObject({
        outcome: 'remediated',
        prelude: { unneeded: 'it allows 1 already' },
      });
    });
    expect(done(seen)).toEqual(['relax_pdb', 'scale']);
  });

  it('is given back at its longest time, while the change is still to be proven', async () => {
    const seen: FakeWorld = world({
      maxSeconds: 1,
      observeEffect: async ({ planned: { action } }) => {
        if (action === 'scale') await expect.poll(() => undone(seen), { timeout: PATIENCE_MS }).toEqual(['relax_pdb']);
        return { text: 'done', readings: [] };
      },
    });
    await withRemediation(seen, async (running) => {
      expect(await cured(running)).toMatchObject({ outcome: 'remediated' });
    });
    expect(undone(seen)).toEqual(['relax_pdb']);
  });

  it('is given back where a human cancels while it takes effect, and the change is not begun', async () => {
    const seen = world({
      observeEffect: ({ planned: { action } }) =>
        action === 'relax_pdb' ? untilCancelled() : Promise.resolve({ text: 'done', readings: [] }),
    });
    await withRemediation(seen, async (running) => {
      await reached(seen, 'observeEffect');
      await running.handle.cancel();
      await expect(running.result()).rejects.toThrow();
    });
    expect(done(seen)).toEqual(['relax_pdb', 'undoEffect']);
    expect(heard<LeaveRequest>(seen, 'leave').at(-1)).toMatchObject({
      ...{ acted: false, keepMoney: false },
      prelude: { action: 'relax_pdb', target: 'default/production/PodDisruptionBudget/order-service' },
    });
  });

  it('is given back where the change is held back, and done anew when that is over', async () => {
    let tries = 0;
    const seen = world({
      scale: () => {
        tries += 1;
        if (tries === 1) return Promise.reject(ApplicationFailure.nonRetryable('paused', 'FenceClosed', 'paused'));
        return Promise.resolve({ changed: true, text: 'Scaled 2 -> 5', handle: {} });
      },
    });
    await withRemediation(seen, async (running) => {
      await step(running).toBe('admitting');
      expect(undone(seen)).toEqual(['relax_pdb']);
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      await cured(running);
    });
    expect(done(seen)).toEqual(['relax_pdb', 'scale', 'undoEffect', 'relax_pdb', 'scale', 'undoEffect']);
    const keys = audited(seen);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('that cannot be given back is a human’s, with what to type, although the change has cured', async () => {
    const seen = world({
      undoEffect: () => Promise.reject(ApplicationFailure.nonRetryable('no', 'KubernetesInvalid')),
    });
    await withRemediation(seen, async ({ result }) => {
      const { outcome, summary } = await result();
      expect(outcome).toBe('escalated');
      expect(summary).toContain(`"${relaxed.title}", could not be undone (no): undo it by hand`);
    });
    expect(heard(seen, 'notify')).toMatchObject([{ notice: { manualCommand: relaxed.manualUndo } }]);
  });

  it('is given back before the next plan of a ladder is tried, which has none', async () => {
    const plan = aPlan({ prelude: aPrelude(600) });
    let proofs = 0;
    const seen = new FakeWorld({
      reads: ({ rung } = { rung: 1 }) => (rung === 1 ? { prelude: { planned: relaxed } } : {}),
      verifyRemediation: async (request) => {
        proofs += 1;
        const { verifyRemediation } = proofs === 1 ? failedBefore : {};
        return await (verifyRemediation ?? new FakeWorld().activities.verifyRemediation)(request);
      },
    });
    await withRemediation(
      seen,
      async (running) => {
        expect(await cured(running)).toMatchObject({ outcome: 'remediated', ladder: { rung: 2 } });
      },
      { decision: { ...aDecision(plan), ...{ further: [aPlan()] } } },
    );
    expect(done(seen)).toEqual(['relax_pdb', 'scale', 'undoEffect', 'undoEffect', 'scale']);
    expect(undone(seen)).toEqual(['scale', 'relax_pdb']);
    expect(heard<AdmitInput>(seen, 'admit')[1]?.holds).toEqual([
      'default/production/Deployment/order-service',
      'default/production/PodDisruptionBudget/order-service',
    ]);
  });

  it('that a run which was reset has left standing is taken over, and given back', async () => {
    const result = { changed: true, text: 'Set 1 of the budget', handle: {} };
    let isReset = false;
    const seen = world({
      observeEffect: () => (isReset ? Promise.resolve({ text: 'done', readings: [] }) : untilCancelled()),
      recallPrelude: () => {
        isReset = true;
        return Promise.resolve({ planned: relaxed, epoch: 1, result });
      },
    });
    await withRemediation(seen, async ({ client, handle: { workflowId } }) => {
      await reached(seen, 'observeEffect');
      await resetTo(client, workflowId, Place.Beginning);
      const handle = client.workflow.getHandle(workflowId);
      await expect.poll(() => undone(seen), { timeout: PATIENCE_MS }).toEqual(['relax_pdb']);
      await handle.signal(RESOLVED_SIGNAL, {});
      expect(await handle.result()).toMatchObject({ outcome: 'remediated', prelude: { effect: result } });
    });
    expect(done(seen)).toEqual(['relax_pdb', 'scale', 'undoEffect']);
    expect(heard(seen, 'prepare').at(-1)).toMatchObject({ standing: { title: relaxed.title } });
    expect(heard(seen, 'undoEffect')).toMatchObject([{ isReset: true, result }]);
  });

  it('is approved together with the change', async () => {
    const seen = world({}, { approval: {} });
    await withRemediation(seen, async (running) => {
      await step(running).toBe('awaiting_approval');
      expect(heard(seen, 'previewChange')).toMatchObject([{ first: { action: 'relax_pdb' } }]);
      const by = { by: 'ada', roles: ['approver'], reason: 'looks right', via: 'cli' };
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [by] });
      expect(await cured(running)).toMatchObject({ outcome: 'remediated' });
    });
    expect(heard(seen, 'notify')[0]).toMatchObject({
      notice: { summary: expect.stringContaining(`${relaxed.title}, then scale Deployment`) as string },
    });
  });
});
