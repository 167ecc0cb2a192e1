import { describe, expect, it } from 'vitest';
import { approvalFor } from '../../../src/domain/approval/approval-for.ts';
import { aDecision, aPlan } from '../../support/plans.ts';
import { inMode } from '../../../src/domain/decision/in-mode.ts';

const teams = { payments: { quorum: 2, roles: ['payments-oncall'] } };

describe('who has to say yes', () => {
  const clause = { quorum: 1, roles: ['sre'], deadlineSeconds: 600, teams: { payments: teams.payments } };

  it('follows from the team of the object', () => {
    const { approval } = aPlan({ approval: clause });
    const plan = { ...aPlan(), approval };
    expect(approvalFor(plan, 'payments')).toEqual({
      ...{ quorum: 2, roles: ['payments-oncall'], deadlineSeconds: 600, onDeadline: 'escalate', reason: '' },
    });
    for (const team of [undefined, 'shop', 'constructor', '__proto__']) {
      expect(approvalFor(plan, team)).toMatchObject({ quorum: 1, roles: ['sre'] });
    }
  });

  it('is what the plan asks for, else what policy says of those who are asked, else any approver', () => {
    const both = aPlan({ approval: { quorum: 3 }, approvers: clause });
    expect(approvalFor(both, 'payments')).toMatchObject({ quorum: 3, roles: [] });
    expect(approvalFor(aPlan({ approvers: clause }), 'payments')).toMatchObject({ quorum: 2 });
    expect(approvalFor(aPlan(), 'payments')).toMatchObject({ quorum: 1, roles: [] });
  });

  it('is the same where a flag asks for the human', () => {
    const decision = aDecision(aPlan({ approvers: clause }));
    if (decision.verdict !== 'plan') throw new Error('it is a plan');
    const { plan } = inMode(decision, { mode: 'approve', source: 'flag mendloop-mode' });
    expect(approvalFor(plan, 'payments')).toMatchObject({ quorum: 2, roles: ['payments-oncall'] });
  });
});
