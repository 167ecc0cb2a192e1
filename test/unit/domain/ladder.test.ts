import { describe, expect, it } from 'vitest';
import { type Decision, type PlannedDecision, policyAnswerSchema } from '../../../src/domain/decision.ts';
import { inMode } from '../../../src/domain/decision/in-mode.ts';
import type { TriedRung } from '../../../src/domain/ladder/ladder-state.ts';
import { describeTried, goesOn, rungKey } from '../../../src/domain/ladder/ladder.ts';
import { planInForce } from '../../../src/domain/ladder/plan-in-force.ts';
import { plansOf } from '../../../src/domain/ladder/plans-of.ts';
import { aPlan } from '../../support/plans.ts';

const plan = (to: number) => ({
  ...{ action: 'scale', target: { namespace: 'shop', kind: 'Deployment', name: 'cart' }, parameters: { replicas: to } },
  verification: {},
});
const parsed = (more: object) => policyAnswerSchema.safeParse({ verdict: 'plan', rule: 'r', ...more });
const parametersOf = (answer: ReturnType<typeof parsed>) =>
  answer.data?.verdict === 'plan' ? plansOf(answer.data).map(({ parameters }) => parameters['replicas']) : [];

describe('an answer of policy', () => {
  it('may hold one plan or several, in order', () => {
    expect(parametersOf(parsed({ plan: plan(3) }))).toEqual([3]);
    expect(parametersOf(parsed({ plans: [plan(3)] }))).toEqual([3]);
    expect(parametersOf(parsed({ plans: [plan(3), plan(4), plan(5)] }))).toEqual([3, 4, 5]);
    expect(parsed({ plans: [plan(3)] }).data).toEqual(parsed({ plan: plan(3) }).data);
    const again = parsed({ plans: [plan(3), plan(4)] }).data;
    expect(policyAnswerSchema.parse(again)).toEqual(again);
  });

  it.each<[string, object]>([
    ['both', { plan: plan(3), plans: [plan(4)] }],
    ['none', { plans: [] }],
    ['more than five', { plans: [1, 2, 3, 4, 5, 6].map(plan) }],
    ['one that no action takes', { plans: [plan(3), { ...plan(4), action: 'pray' }] }],
    ['what is no list', { plans: plan(3) }],
  ])('with %s is none', (_what, more) => {
    expect(parsed(more).success).toBe(false);
  });

  it('asks people for each plan, by its own terms where it has them', () => {
    const approvers = { quorum: 2, roles: [], deadlineSeconds: 60, onDeadline: 'deny', reason: '' } as const;
    const decision: PlannedDecision & { verdict: 'plan' } = {
      ...{ verdict: 'plan', rule: 'r', mode: 'auto', policyRevision: 'x', plan: aPlan() },
      further: [aPlan({ approvers }), aPlan({ approval: { quorum: 3 } })],
    };
    const asked = inMode(decision, { mode: 'approve', source: 'flag' });
    expect(plansOf(asked).map(({ approval }) => approval?.quorum)).toEqual([1, 2, 3]);
    expect(
      plansOf(inMode(decision, { mode: 'auto', source: 'policy' })).map(({ approval }) => approval?.quorum),
    ).toEqual([undefined, undefined, 3]);
  });
});

describe('what was tried', () => {
  const tried: TriedRung = {
    rung: 1,
    action: 'scale',
    title: 'scale it',
    acted: true,
    because: 'VerificationFailed: no',
  };

  it('is told with what became of it', () => {
    expect(describeTried([])).toBe('');
    expect(
      describeTried([
        { ...tried, effect: 'Scaled 2 -> 5', undo: 'put back to 2' },
        { ...tried, rung: 2, acted: false, because: 'AutoscalerLimit: full' },
        { ...tried, rung: 3 },
      ]),
    ).toBe(
      'Tried before: 1. Scaled 2 -> 5 (VerificationFailed: no; put back to 2); 2. scale it (AutoscalerLimit: full); ' +
        '3. scale it (VerificationFailed: no; it stays)',
    );
  });

  it('decides whether to go on: what could not be judged, was taken away or hurt is for a human', () => {
    expect(
      ['VerificationFailed', 'EffectFailed', 'EffectTimedOut', 'ReplicaLimit'].every((type) => goesOn(type as never)),
    ).toBe(true);
    for (const type of [
      'VerificationInconclusive',
      'LeverMoved',
      'ContentionDetected',
      'TargetChanged',
      'Cancelled',
      'Internal',
    ])
      expect(goesOn(type as never)).toBe(false);
  });

  it('leaves the plan in force, and keys of its own', () => {
    const decision = {
      ...{ verdict: 'plan', rule: 'r', mode: 'auto', policyRevision: 'x' },
      plan: aPlan(),
      further: [aPlan({ watchSeconds: 7 })],
    } as Decision;
    expect(planInForce({ decision })?.watchSeconds).toBe(600);
    expect(planInForce({ decision, ladder: { rung: 2, of: 2, tried: [] } })?.watchSeconds).toBe(7);
    expect([1, 2, 3].map(rungKey)).toEqual(['', 'rung-2/', 'rung-3/']);
  });
});
