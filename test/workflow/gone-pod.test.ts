import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import type { AdmitAnswer } from '../../src/activities/admission.ts';
import { SETTLING_MS } from '../../src/domain/incident/judge.ts';
import type { RefusedTarget } from '../../src/domain/remediation/refused-target.ts';
import { WAKE_SIGNAL } from '../../src/contract/remediation.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { FakeWorld } from './fake-world.ts';
import { withRemediation } from './harness.ts';

const leader = 'remediation/default/Other/00000000000000aa/1';
const pod = { cluster: 'default', namespace: 'production', kind: 'Pod', name: 'api-5d4f8c7b9-x2x9k' };
const behind = { cluster: 'default', namespace: 'production', kind: 'Deployment', name: 'api' };
const granted = { status: 'granted', epoch: 1 } as const;
const pause = { status: 'refused', reason: 'cooldown', text: 'too soon', until: Date.now() + 3_600_000 } as const;
const shared = { status: 'shared', leader, outcome: 'remediated', text: 'cured' } as const;

/** A plan for a Pod that does not exist, and the store's answers: the last one stays. */
function world(refused: RefusedTarget | undefined, ...answers: [AdmitAnswer, ...AdmitAnswer[]]): FakeWorld {
  return new FakeWorld({
    decide: () => Promise.resolve(aDecision(aPlan({ action: 'rollback_release', target: pod, parameters: {} }))),
    prepare: () =>
      Promise.reject(
        ApplicationFailure.create({
          ...{ type: 'TargetNotFound', message: 'pods "api" not found', nonRetryable: true },
          details: refused === undefined ? [] : [{ refused }],
        }),
      ),
    admit: () => Promise.resolve((answers.length > 1 ? answers.shift() : answers[0]) ?? granted),
  });
}

const heard = ({ calls }: FakeWorld, name: string) =>
  calls.filter((call) => call.name === name).map(({ input }) => input as Record<string, unknown>);

describe('an alert about a Pod that is gone', () => {
  it('joins the remediation that has its workload, and shares its end', async () => {
    const here = world({ behind, isGone: true }, { status: 'joined', leader }, shared);
    await withRemediation(here, async (running) => {
      await expect.poll(async () => (await running.status()).step, { timeout: PATIENCE_MS }).toBe('joined');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'ended' });
      expect(await running.result()).toMatchObject({ outcome: 'joined', leader, notified: [] });
      // Also when it is woken, it asks about the workload.
      expect(heard(here, 'admit').map((input) => input['behind'])).toEqual([behind, behind]);
    });
  });

  it.each<[string, AdmitAnswer]>([
    ['nothing holds its workload any more', { ...granted, changedBy: leader }],
    ['its workload has a pause', { ...pause, changedBy: leader }],
  ])('shares the end of the change that took the Pod away, where %s', async (_, answer) => {
    const here = world({ behind, isGone: true }, answer);
    const startedAt = Date.now();
    await withRemediation(here, async ({ result }) => {
      const end = await result();
      expect(end).toMatchObject({ outcome: 'joined', leader, notified: [] });
      expect(end.summary).toContain(`${leader} has changed what the alert is about since it began`);
      // Should it fire on all the same, it is entered again.
      const [left] = heard(here, 'leave');
      expect(left?.['enterAgainAt']).toBeGreaterThanOrEqual(startedAt + SETTLING_MS);
    });
  });

  it('is a human’s matter where it fires on although that end was shared', async () => {
    const previous = { remediationId: 'remediation/default/Alert/00000000000000ab/1', outcome: 'joined' } as const;
    await withRemediation(
      world({ behind, isGone: true }, { ...granted, changedBy: leader }),
      async ({ result }) => {
        expect(await result()).toMatchObject({ outcome: 'escalated', notified: ['on-call'] });
      },
      { previous },
    );
  });

  it.each<[string, RefusedTarget | undefined]>([
    ['nothing of ours has changed its workload', { behind, isGone: true }],
    ['it is not known whose it was', undefined],
  ])('is a human’s matter where %s', async (_, refused) => {
    await withRemediation(world(refused, granted), async ({ result }) => {
      expect(await result()).toMatchObject({
        ...{ outcome: 'escalated', notified: ['on-call'] },
        fault: { type: 'TargetNotFound' },
      });
    });
  });
});

describe('an alert whose target is there, and was refused as it is', () => {
  it('shares the end of a change that was made since it began, once that is over', async () => {
    await withRemediation(world({ behind }, { ...granted, changedBy: leader }), async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'joined', leader, notified: [] });
    });
  });

  it('waits for the end of the pause after that change, and looks again', async () => {
    const answer = { ...pause, until: Date.now() + 500, changedBy: leader };
    const here = world({ behind }, answer, granted);
    await withRemediation(here, async ({ result }) => {
      expect(await result()).toMatchObject({ outcome: 'escalated' });
      expect(heard(here, 'prepare')).toHaveLength(2);
    });
  });
});
