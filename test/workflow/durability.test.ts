import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { RESOLVED_SIGNAL, WAKE_SIGNAL } from '../../src/contract/remediation.ts';
import type { RemediationNotice } from '../../src/domain/notice/notification.ts';
import type { Outcome } from '../../src/domain/remediation/outcome.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { FakeWorld, report, type Script } from './fake-world.ts';
import { withRemediation } from './harness.ts';
import type { Running } from './run-remediation.ts';

const step = ({ status }: Running) => expect.poll(async () => (await status()).step, { timeout: PATIENCE_MS });
const notices = (world: FakeWorld) =>
  world.calls
    .filter(({ name }) => name === 'notify')
    .map(({ input }) => (input as { notice: RemediationNotice }).notice);
const leave = (world: FakeWorld) => world.calls.findLast(({ name }) => name === 'leave')?.input;
const away = (type: string) => ApplicationFailure.retryable(`${type}: away`, type);
const bad = () => Promise.resolve(report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'no better' }));
const notFiring = { status: 'not_firing', source: 'prometheus', asked: 'ALERTS', text: 'no such series' } as const;
const after = (outcome: Outcome) => ({
  previous: { remediationId: 'remediation/default/Throttled/00000000000000aa/1', outcome },
});

describe('an alert that resolves', () => {
  it.each(['plan', 'observe'] as const)(
    'while its source cannot be asked ends its remediation at once: %s',
    async (verdict) => {
      const world = new FakeWorld({
        decide: () => Promise.resolve(aDecision(aPlan(), verdict)),
        prepare: () => Promise.reject(away('AlertSourceUnavailable')),
      });
      await withRemediation(world, async ({ handle, result }) => {
        await expect.poll(() => world.names).toContain('prepare');
        await handle.signal(RESOLVED_SIGNAL, {});
        expect(await result()).toMatchObject({ outcome: 'already_healthy' });
      });
    },
  );

  it('without a word, while its remediation waits for a turn, is no matter for a human', async () => {
    let looks = 0;
    const world = new FakeWorld({
      reads: () => ((looks += 1) === 1 ? {} : { source: notFiring }),
      admit: () => Promise.resolve({ status: 'queued', position: 1, text: 'busy' }),
    });
    await withRemediation(world, async (running) => {
      await step(running).toBe('admitting');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      expect(await running.result()).toMatchObject({ outcome: 'already_healthy' });
    });
  });

  it('without a word, before it is entered again, is no matter for a human either', async () => {
    const world = new FakeWorld({ reads: () => ({ source: notFiring }) });
    await withRemediation(
      world,
      async ({ result }) => expect(await result()).toMatchObject({ outcome: 'already_healthy' }),
      after('joined'),
    );
  });

  it.each([
    ['one channel is down', { down: true }],
    ['the marks are taken off', { down: false }],
  ])('while people are told of a failure and %s closes the page', async (_when, { down }) => {
    const gate = Promise.withResolvers<undefined>();
    const script: Script = down
      ? { notify: ({ channel }) => (channel === 'chat' ? gate.promise.then(() => undefined) : Promise.resolve()) }
      : { releaseTarget: () => gate.promise };
    const world = new FakeWorld({
      ...{ verifyRemediation: bad, selectChannels: () => Promise.resolve(['chat', 'on-call']) },
      ...script,
    });
    await withRemediation(world, async ({ handle, result, status }) => {
      await expect.poll(() => world.names, { timeout: PATIENCE_MS }).toContain(down ? 'notify' : 'releaseTarget');
      await handle.signal(RESOLVED_SIGNAL, {});
      // A local activity holds the signal back; the gate is opened when it has come, or cannot come before.
      if (down) await expect.poll(async () => (await status()).alertResolved).toBe(true);
      gate.resolve(undefined);
      expect(await result()).toMatchObject({ outcome: 'rolled_back' });
      expect(notices(world)).toContainEqual(expect.objectContaining({ kind: 'rolled_back', resolved: true }));
    });
  });
});

describe('an alert that is held back', () => {
  const held: Script = {
    decide: () => Promise.resolve(aDecision(aPlan({ guards: { waitSeconds: 1 } }))),
    admit: () => Promise.resolve({ status: 'queued', position: 3, text: 'ten at once' }),
  };

  it('for longer than the plan waits is entered again, and a human is told: one page for the whole spell', async () => {
    for (const input of [{}, after('suppressed')]) {
      const world = new FakeWorld(held);
      await withRemediation(
        world,
        async ({ handle, result }) => {
          const before = Date.now();
          expect(await result()).toMatchObject({ outcome: 'suppressed', notified: ['on-call'] });
          const { enterAgainAt } = leave(world) as { enterAgainAt: number };
          expect(enterAgainAt).toBeGreaterThan(before);
          const spell = handle.workflowId.replace(/\/1$/, '');
          expect(notices(world).map(({ subject, resolved }) => [subject, resolved])).toEqual([[spell, undefined]]);
        },
        input,
      );
    }
  });

  it('and gets its turn at last: the page is closed', async () => {
    const world = new FakeWorld();
    await withRemediation(
      world,
      async (running) => {
        await step(running).toBe('watching');
        await expect
          .poll(() => notices(world))
          .toContainEqual(
            expect.objectContaining({ kind: 'escalated', resolved: true, subject: expect.any(String) as string }),
          );
        await running.handle.signal(RESOLVED_SIGNAL, {});
        expect(await running.result()).toMatchObject({ outcome: 'remediated' });
        expect(notices(world).filter(({ kind }) => kind === 'escalated')).toHaveLength(1);
      },
      after('suppressed'),
    );
  });

  it('refused without a time is looked at again all the same', async () => {
    const world = new FakeWorld({
      admit: () => Promise.resolve({ status: 'refused', reason: 'rate', text: 'sixty in this hour' } as never),
    });
    await withRemediation(world, async ({ result }) => {
      await result();
      expect(leave(world)).toMatchObject({ enterAgainAt: expect.any(Number) as number });
    });
  });
});

describe('a follower', () => {
  const leader = 'remediation/default/Other/00000000000000aa/1';

  it.each([
    ['remediated', true],
    ['rolled_back', false],
  ] as const)('of a leader that ended %s: entered again by itself, if it goes on: %s', async (outcome, isEntered) => {
    const world = new FakeWorld({ admit: () => Promise.resolve({ status: 'shared', leader, outcome, text: 'end' }) });
    await withRemediation(world, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'joined' });
      expect(leave(world)).toMatchObject({ what: 'all', outcome: 'joined' });
      expect('enterAgainAt' in (leave(world) as object)).toBe(isEntered);
    });
  });
});

describe('an outage of our own', () => {
  it('ends no effect, no undo and no page: no deadline counts from when they were scheduled', async () => {
    const world = new FakeWorld({ verifyRemediation: bad });
    await withRemediation(world, async ({ handle, result }) => {
      await result();
      const { events } = await handle.fetchHistory();
      const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
      const types = scheduled.map(({ activityType }) => activityType?.name);
      expect(types).toEqual(expect.arrayContaining(['scale', 'undoEffect', 'notify']));
      for (const { scheduleToCloseTimeout, scheduleToStartTimeout } of scheduled) {
        expect([Number(scheduleToCloseTimeout?.seconds ?? 0), Number(scheduleToStartTimeout?.seconds ?? 0)]).toEqual([
          0, 0,
        ]);
      }
    });
  });

  it('an older worker, which does not know the action, is told to a human instead of being asked for ever', async () => {
    const world = new FakeWorld({
      undoEffect: () => Promise.resolve({ status: 'nothing_to_undo', text: 'It stands at 2, as before' }),
    });
    const { scale: _, ...others } = world.activities;
    Object.defineProperty(world, 'activities', { value: others });
    await withRemediation(world, async ({ result }) => {
      const end = await result();
      expect(end).toMatchObject({ outcome: 'escalated', notified: ['on-call'] });
      expect(end.summary).toContain('scale');
    });
  });
});
