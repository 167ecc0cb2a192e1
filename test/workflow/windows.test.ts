import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import type { Admission } from '../../src/domain/admission/admission.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { FakeWorld, type Script } from './fake-world.ts';
import { withRemediation } from './harness.ts';

const granted: Admission = { status: 'granted', epoch: 1 };
const held = (meanwhile: 'observe' | 'wait', until: number): Admission => ({
  ...{ status: 'refused', reason: 'window', text: 'Freeze release', until, meanwhile },
});
const admits = (...answers: Admission[]): Script => ({
  admit: () => Promise.resolve((answers.length > 1 ? answers.shift() : answers[0])!),
});
const leaving = (world: FakeWorld) => world.calls.find(({ name }) => name === 'leave')?.input;

describe('an alert in a window that holds its change back', () => {
  it('is observed: nothing is changed, people hear what would have been, and it is entered again at the end', async () => {
    const until = Date.now() + 86_400_000;
    const world = new FakeWorld(admits(held('observe', until)));
    await withRemediation(world, async ({ result }) => {
      const { outcome, summary } = await result();
      expect({ outcome, summary }).toEqual({
        outcome: 'observed',
        summary: 'Not acted: Freeze release; it would have been: scale Deployment production/order-service 2 -> 5',
      });
    });
    expect(world.names).not.toContain('scale');
    expect(leaving(world)).toMatchObject({ what: 'all', acted: false, enterAgainAt: until });
  });

  it('is observed before a human is asked', async () => {
    const decide = () => Promise.resolve(aDecision(aPlan({ approval: {} })));
    const world = new FakeWorld({ ...admits(held('observe', Date.now() + 60_000)), decide });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('observed');
    });
    expect(world.names).not.toContain('previewChange');
  });

  it('waits for the end where that comes in the time that its plan waits, and then acts', async () => {
    const world = new FakeWorld(admits(held('wait', Date.now() + 500), granted));
    await withRemediation(world, async ({ status, handle }) => {
      await expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS }).toBe('watching');
      const { timeline } = await status();
      expect(timeline.map(({ text }) => text)).toContain('Held back by a guard (window): Freeze release');
      await handle.terminate();
    });
    expect(world.names.filter((name) => name === 'admit' || name === 'scale')).toEqual(['admit', 'admit', 'scale']);
  });

  it('is for a human where the end comes later than that, and is entered again then', async () => {
    const until = Date.now() + 86_400_000;
    const world = new FakeWorld(admits(held('wait', until)));
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('suppressed');
    });
    expect(leaving(world)).toMatchObject({ enterAgainAt: until });
    expect(world.calls.find(({ name }) => name === 'notify')?.input).toMatchObject({ notice: { kind: 'escalated' } });
  });

  it('that begins between the grant and the effect is asked about anew: nothing is done', async () => {
    const until = Date.now() + 86_400_000;
    const scale = () =>
      Promise.reject(
        ApplicationFailure.create({
          ...{ type: 'FenceClosed', nonRetryable: true, message: 'Freeze release', details: ['window', false] },
        }),
      );
    const world = new FakeWorld({ ...admits(granted, held('observe', until)), scale });
    await withRemediation(world, async ({ result }) => {
      expect((await result()).outcome).toBe('observed');
    });
    expect(world.names).not.toContain('undoEffect');
    expect(leaving(world)).toMatchObject({ acted: false, enterAgainAt: until });
  });
});
