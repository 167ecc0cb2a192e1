import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { RESOLVED_SIGNAL, UNDO_UPDATE } from '../../src/contract/remediation.ts';
import type { AppliedBy } from '../../src/domain/gitops/applier.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan, aPlannedChange } from '../support/plans.ts';
import { FakeWorld, report, type Script } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import type { Running } from './run-remediation.ts';

const applier: AppliedBy = {
  ...{ tool: 'argocd', kind: 'Application', namespace: 'argocd', name: 'shop', uid: 'u-1', heals: true },
  inGit: 'https://git.example.com/shop path deploy/prod at main',
};
const appliedBy = 'Argo CD (annotation argocd.argoproj.io/tracking-id of Deployment production/order-service)';
const applied = (over: Partial<AppliedBy> = {}): Script => ({
  reads: () => ({
    planned: aPlannedChange({
      ownership: { optedInBy: 'targets.namespaces', appliedBy, appliers: [{ ...applier, ...over }] },
    }),
  }),
});
const policy = (gitOps: string): Script => ({ decide: () => Promise.resolve(aDecision(aPlan({ gitOps }))) });
const suspends: Script = { ...policy('suspend'), ...applied() };
const unhelped: Script = {
  verifyRemediation: () => Promise.resolve(report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'slow' })),
};
const WATCHED = ['pauseApplier', 'scale', 'undoEffect', 'resumeApplier', 'leave'];
const order = (world: FakeWorld) => world.names.filter((name) => WATCHED.includes(name) && name !== 'leave');
const step = ({ status }: Running) => expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS });
const failed = (type: string, details: unknown[] = []) =>
  Promise.reject(ApplicationFailure.create({ type, message: type, nonRetryable: true, details }));

describe('what Argo CD applies, where policy says `suspend`', () => {
  it('is changed while that is paused, which ends with the remediation', async () => {
    const world = new FakeWorld(suspends);
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      expect(order(world)).toEqual(['pauseApplier', 'scale']);
      await running.handle.signal(RESOLVED_SIGNAL, {});
      expect((await running.result()).outcome).toBe('remediated');
      expect(order(world)).toEqual(['pauseApplier', 'scale', 'resumeApplier']);
    });
    const rows = world.calls.flatMap(({ input }) => {
      const { entries = [], audit = [] } = input as { entries?: { key: string }[]; audit?: { key: string }[] };
      return [...entries, ...audit].map(({ key }) => key);
    });
    expect(rows.filter((key) => key.includes('/pause/')).map((key) => key.split('/pause/')[1])).toEqual(
      expect.arrayContaining(['intended', 'done', 'ended'].map((what) => `Argo CD Application argocd/shop/${what}`)),
    );
  });

  it('is put back first, where the change did not help', async () => {
    const world = new FakeWorld({ ...suspends, ...unhelped });
    await withRemediation(world, async ({ result }) => expect((await result()).outcome).toBe('rolled_back'));
    expect(order(world)).toEqual(['pauseApplier', 'scale', 'undoEffect', 'resumeApplier']);
  });

  it('is given back where the undo fails, and where a human calls the change back', async () => {
    const failing = new FakeWorld({ ...suspends, ...unhelped, undoEffect: () => failed('TargetUnsupported') });
    await withRemediation(failing, async ({ result }) => expect((await result()).outcome).toBe('escalated'));
    expect(order(failing).at(-1)).toBe('resumeApplier');

    const called = new FakeWorld(suspends);
    await withRemediation(called, async (running) => {
      await step(running).toBe('watching');
      await running.handle.executeUpdate(UNDO_UPDATE, { args: [{ by: 'ada', reason: 'not now' }] });
      expect((await running.result()).outcome).toBe('cancelled');
    });
    expect(order(called)).toEqual(['pauseApplier', 'scale', 'undoEffect', 'resumeApplier']);
  });

  it('is not changed where the pause is refused, and that may have happened is given back', async () => {
    const world = new FakeWorld({ ...suspends, pauseApplier: () => failed('KubernetesForbidden') });
    await withRemediation(world, async ({ result }) => expect((await result()).outcome).toBe('escalated'));
    expect(world.names).not.toContain('scale');
    expect(world.names).toContain('resumeApplier');
  });

  it('is asked for at the fence before anything is paused, and ends as the effect would', async () => {
    const world = new FakeWorld({ ...suspends, pauseApplier: () => failed('FenceClosed', ['resolved', false]) });
    await withRemediation(world, async ({ result }) => expect((await result()).outcome).toBe('already_healthy'));
    expect(world.names).not.toContain('scale');
    expect(world.names).not.toContain('undoEffect');
  });

  it('is paused once although an answer was lost, and a resumption that fails is tried again', async () => {
    let pauses = 0;
    let resumes = 0;
    const away = () => Promise.reject(ApplicationFailure.retryable('away', 'KubernetesUnavailable'));
    const world = new FakeWorld({
      ...{ ...suspends, ...unhelped },
      pauseApplier: () => {
        pauses += 1;
        return pauses === 1 ? away() : Promise.resolve({ status: 'paused', changed: true, text: 'Paused shop' });
      },
      resumeApplier: () => {
        resumes += 1;
        return resumes === 1 ? away() : Promise.resolve({ status: 'resumed', text: 'shop puts changes back again' });
      },
    });
    await withRemediation(world, async ({ result }) => {
      const end = await result();
      expect(end.outcome).toBe('rolled_back');
      expect(end.timeline.map(({ text }) => text)).toEqual(
        expect.arrayContaining(['Paused shop', 'shop puts changes back again']),
      );
    });
    expect([pauses, resumes]).toEqual([2, 2]);
  });

  it('needs no pause where that puts nothing back', async () => {
    const world = new FakeWorld({ ...policy('suspend'), ...applied({ heals: false }) });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
    expect(order(world)).toEqual(['scale']);
  });

  it.each([
    ['suspend', applied({ cannotPause: 'it belongs to ApplicationSet all' }), 'cannot be paused: it belongs to'],
    ['leave', applied(), 'which would put it back'],
  ])('is a human matter, with its place in Git: %s', async (gitOps, script, why) => {
    const world = new FakeWorld({ ...policy(gitOps), ...script });
    await withRemediation(world, async ({ result }) => {
      const { outcome, summary } = await result();
      expect(outcome).toBe('escalated');
      expect(summary).toContain(why);
      expect(summary).toContain('in Git: https://git.example.com/shop path deploy/prod at main');
    });
    expect(order(world)).toEqual([]);
  });

  it('is left to itself where policy says `act`', async () => {
    const world = new FakeWorld({ ...policy('act'), ...applied() });
    await withRemediation(world, async (running) => {
      await step(running).toBe('watching');
      await running.handle.signal(RESOLVED_SIGNAL, {});
      await running.result();
    });
    expect(order(world)).toEqual(['scale']);
  });
});
