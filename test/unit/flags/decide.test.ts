import { describe, expect, it } from 'vitest';
import { decideAlert, type DecideParts } from '../../../src/clients/policy/decide-alert.ts';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { anAlert } from '../../support/alerts.ts';
import { aDecision, aPlan } from '../../support/plans.ts';
import { flagFile, someFlags } from './flag-files.ts';

const noMetrics = { decided: () => undefined, policyFailed: () => undefined };

function decideAs(decision: Decision, parts: Partial<DecideParts> = {}, alert: Alert = anAlert()) {
  const policy = { decide: () => Promise.resolve(decision) };
  return decideAlert({ policy, cluster: 'default', metrics: noMetrics, ...parts }, alert);
}

describe('a decision', () => {
  it('has the mode of policy where there are no flags', async () => {
    const decision = aDecision();
    expect(await decideAs(decision)).toEqual({ ...decision, effectiveMode: { mode: 'auto', source: 'policy' } });
  });

  it('has the lesser mode where there are', async () => {
    const { flags } = await someFlags(flagFile({ if: [{ '===': [{ var: 'cluster' }, 'default'] }, 'approve'] }));
    expect(await decideAs(aDecision(), { flags })).toMatchObject({
      effectiveMode: { mode: 'approve', source: 'flag mendloop-mode' },
    });
  });

  it('asks the flags about the object that suffers, not about its exporter', async () => {
    const { flags } = await someFlags(flagFile({ if: [{ '===': [{ var: 'service' }, 'cart'] }, 'approve'] }));
    const alert = anAlert({ labels: { service: 'kube-state-metrics', exported_service: 'cart' } });
    expect(await decideAs(aDecision(), { flags }, alert)).toMatchObject({ effectiveMode: { mode: 'approve' } });
  });

  it('says that the page is held back where the settings ask for it', async () => {
    expect(await decideAs(aDecision(), { holdsPages: true })).toMatchObject({ holdsPage: true });
  });

  it.each([
    ['observe', aDecision(aPlan(), 'observe')],
    ['human', { verdict: 'human', rule: 'r', reason: 'because', policyRevision: 'test' }],
    ['reject', { verdict: 'reject', rule: '', reason: 'because', policyRevision: 'test' }],
  ] as const)('to %s is as policy made it', async (_, decision) => {
    const { flags, heard } = await someFlags(flagFile({ if: [true, 'auto'] }));
    expect(await decideAs(decision, { flags, holdsPages: true })).toEqual(decision);
    expect(heard.results).toEqual([]);
  });

  it('is counted, and so is its failure', async () => {
    const counted: unknown[] = [];
    const metrics = {
      decided: (event: object) => counted.push(event),
      policyFailed: (type: string) => counted.push(type),
    };
    await decideAs(aDecision(), { metrics });
    const policy = { decide: () => Promise.reject(new MendloopError('PolicyUnavailable', 'none')) };
    await expect(decideAs(aDecision(), { metrics, policy })).rejects.toThrow('none');
    expect(counted).toEqual([{ rule: aDecision().rule, verdict: 'plan' }, 'PolicyUnavailable']);
  });
});
