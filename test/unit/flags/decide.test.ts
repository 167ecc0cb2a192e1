import { describe, expect, it } from 'vitest';
import { createPolicyActivities, type PolicyActivityParts } from '../../../src/activities/policy.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { anAlert } from '../../support/alerts.ts';
import { aDecision, aPlan } from '../../support/plans.ts';
import { flagFile, someFlags } from './flag-files.ts';

function decideAs(decision: Decision, flags?: PolicyActivityParts['flags']) {
  const policy = { revision: 'test', decide: () => Promise.resolve(decision) };
  const metrics = { decided: () => undefined, policyFailed: () => undefined };
  const { decide } = createPolicyActivities({ policy, cluster: 'default', metrics, flags });
  return decide({ alert: anAlert() });
}

describe('a decision', () => {
  it('has the mode of policy where there are no flags', async () => {
    expect(await decideAs(aDecision())).toEqual({
      ...{ ...aDecision(), effectiveMode: { mode: 'auto', source: 'policy' } },
    });
  });

  it('has the lesser mode where there are', async () => {
    const { flags } = await someFlags(flagFile({ if: [{ '===': [{ var: 'cluster' }, 'default'] }, 'approve'] }));
    expect(await decideAs(aDecision(), flags)).toMatchObject({
      effectiveMode: { mode: 'approve', source: 'flag mendloop-mode' },
    });
  });

  it.each([
    ['observe', aDecision(aPlan(), 'observe')],
    ['human', { verdict: 'human', rule: 'r', reason: 'because', policyRevision: 'test' }],
    ['reject', { verdict: 'reject', rule: '', reason: 'because', policyRevision: 'test' }],
  ] as const)('to %s is as policy made it', async (_, decision) => {
    const { flags, heard } = await someFlags(flagFile({ if: [true, 'auto'] }));
    expect(await decideAs(decision, flags)).toEqual(decision);
    expect(heard.results).toEqual([]);
  });
});
