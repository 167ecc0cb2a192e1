import { describe, expect, it } from 'vitest';
import { stagesOf } from '../../../src/console/words/stages.ts';
import type { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { type RemediationStatus, Step } from '../../../src/domain/remediation/remediation.ts';
import { report } from '../../workflow/fake-world.ts';
import { aSummary } from '../api/fake-remediations.ts';
import { rolledBack } from '../report/rolled-back.ts';

const at = '2026-01-01T00:00:00Z';

/** The stages with what each was, as they stand when it has ended. */
function ended(status: Partial<RemediationStatus>, outcome: Outcome) {
  const remediation = aSummary({ state: 'closed', execution: 'completed', outcome });
  const whole: RemediationStatus = {
    ...{ summary: '', alertResolved: false, notified: [], timeline: [] },
    ...status,
    ...{ step: 'ended', outcome },
  };
  return stagesOf({ remediation, status: whole });
}

const timeline = (...steps: Step[]) => steps.map((step) => ({ at, step, text: '' }));
const byName = (stages: ReturnType<typeof ended>) => Object.fromEntries(stages.map(({ name, tone }) => [name, tone]));

describe('a failed step has no green tick', () => {
  it.each(Object.values(Step).filter((step) => step !== 'ended' && step !== 'notifying'))(
    'whichever the fault was at: %s',
    (step) => {
      const fault = { type: 'TargetChanged', message: 'moved', step } as const;
      const stages = ended({ fault, timeline: timeline('deciding', step) }, 'escalated');
      const failed = stages.filter(({ state }) => state === 'failed');
      expect(failed).toHaveLength(1);
      expect(failed[0]?.tone).toBe('bad');
      expect(stages.at(-1)).toMatchObject({ name: 'Escalated', tone: 'bad' });
    },
  );

  it('the proof that failed, the undo that did not', () => {
    const tones = byName(ended(rolledBack, 'rolled_back'));
    expect(tones).toMatchObject({ Act: 'good', Verify: 'bad', Undo: 'good', 'Rolled back': 'warn' });
  });

  it('the undo that found another hand', () => {
    const compensation = { status: 'left_alone', text: '', expected: '5', found: '2', by: 'argocd' } as const;
    expect(byName(ended({ ...rolledBack, compensation }, 'escalated'))).toMatchObject({ Undo: 'bad' });
  });

  it.each([
    ['rejected', 'denied'],
    ['expired', 'expired'],
  ] as const)('the approval that was %s', (status, outcome) => {
    const approval = { status } as unknown as NonNullable<RemediationStatus['approval']>;
    const tones = byName(ended({ approval, timeline: timeline('deciding', 'awaiting_approval') }, outcome));
    expect(tones).toMatchObject({ Decide: 'good', Approval: 'bad' });
  });

  it('the budget that was refused, and the turn that never came', () => {
    const budget = { allowed: false } as unknown as NonNullable<RemediationStatus['budget']>;
    expect(byName(ended({ budget, timeline: timeline('deciding', 'admitting') }, 'denied'))['Admission']).toBe('bad');
    expect(byName(ended({ timeline: timeline('deciding', 'preparing', 'admitting') }, 'suppressed'))).toMatchObject({
      ...{ Prepare: 'good', Admission: 'bad' },
    });
  });

  it('the watch at whose end the alert still fired', () => {
    const status = { ...rolledBack, verification: report({ verdict: 'good' }) };
    const { compensation: _, ...kept } = status;
    const steps = timeline('deciding', 'acting', 'verifying', 'watching', 'notifying');
    expect(byName(ended({ ...kept, timeline: steps }, 'escalated'))).toMatchObject({ Verify: 'good', Watch: 'bad' });
  });
});

it('a proof that could not be judged is neither: it is grey', () => {
  const verification = report({ verdict: 'inconclusive' });
  const stages = ended({ ...rolledBack, verification }, 'rolled_back');
  expect(stages.find(({ name }) => name === 'Verify')).toMatchObject({ state: 'unknown', tone: 'calm' });
});

it('what went well has its tick, and what was not come to has none', () => {
  const steps = timeline('deciding', 'acting', 'verifying', 'watching', 'ended');
  const tones = byName(ended({ timeline: steps }, 'remediated'));
  expect(Object.values(tones).every((tone) => tone === 'good')).toBe(true);
  expect(byName(ended({ timeline: timeline('deciding', 'preparing') }, 'observed'))).toMatchObject({
    ...{ Prepare: 'good', Act: 'calm', Observed: 'calm' },
  });
});
