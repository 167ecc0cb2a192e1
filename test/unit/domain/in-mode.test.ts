import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import { inMode } from '../../../src/domain/decision/in-mode.ts';
import { Mode } from '../../../src/domain/decision/mode.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { aPlan } from '../../support/plans.ts';

const planned = (plan: Plan): Extract<Decision, { verdict: 'plan' }> => ({
  ...{ verdict: 'plan', rule: 'sale', plan, mode: Mode.Auto, policyRevision: 'test' },
});
const held = (plan: Plan, mode: Mode) => inMode(planned(plan), { mode, source: 'flag mendloop-mode' });

describe('a plan in the mode that holds', () => {
  it('is approved on the terms of the schema where the mode asks for a human and policy does not', () => {
    const { plan, effectiveMode } = held(aPlan(), Mode.Approve);
    expect(effectiveMode).toEqual({ mode: 'approve', source: 'flag mendloop-mode' });
    expect(plan.approval).toEqual({ quorum: 1, roles: [], deadlineSeconds: 1800, onDeadline: 'escalate', reason: '' });
  });

  it('keeps the terms of policy', () => {
    const plan = aPlan({ approval: { quorum: 2, roles: ['sre'] } });
    expect(held(plan, Mode.Approve).plan).toEqual(plan);
    expect(held(plan, Mode.Auto).plan).toEqual(plan);
  });

  it.each([Mode.Off, Mode.Observe, Mode.Auto])('is as it was in mode %s', (mode) => {
    expect(held(aPlan(), mode).plan).toEqual(aPlan());
  });
});
