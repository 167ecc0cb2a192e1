import { describe, expect, it } from 'vitest';
import { remediationPage } from '../../../src/console/views/remediation-page.ts';
import type { RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { aDecision, aPlan } from '../../support/plans.ts';
import { aSummary } from '../api/fake-remediations.ts';
import { rolledBack } from '../report/rolled-back.ts';
import { ignored } from './ignored.ts';
import { textOf } from './text-of.ts';

const target = { cluster: 'default', namespace: 'production', kind: 'Deployment', name: 'order-service' };
const restart = aPlan({ action: 'restart', parameters: {}, target });
const resources = aPlan({
  action: 'set_resources',
  parameters: { requests: { memory: { factor: 2, max: '1Gi' } } },
  target,
});
const scale = aPlan();
const decision = { ...aDecision(restart), further: [resources, scale] };

const { compensation: _, fault: __, outcome: ___, ...running } = rolledBack as RemediationStatus & { outcome?: never };

const tried = [
  {
    ...{ rung: 1, action: 'restart', title: 'restart Deployment production/order-service of 2 Pods', acted: true },
    ...{ effect: 'Restarted Deployment production/order-service', because: 'VerificationFailed: p95 1.2 s' },
  },
  {
    ...{ rung: 2, action: 'set_resources', title: 'raise memory', acted: true, effect: 'Set memory 128Mi' },
    ...{ because: 'VerificationFailed: p95 1.1 s', undo: 'Put back memory 64Mi' },
  },
] as const;

/** What the page says of the ladder alone. */
function ladderOf(status: Partial<RemediationStatus>): string {
  const remediation = aSummary({});
  const detail = { remediation, status: { ...running, decision, ...status }, links: {} };
  const me = { name: 'ann', roles: ['operator'] };
  const shown = { now: Date.UTC(2026, 0, 2), id: remediation.id, me, detail, problem: undefined };
  const text = textOf(remediationPage({ ...shown, onVote: ignored, onUndo: ignored }));
  return /Ladder rung.*?(?=Planned change|Change )/s.exec(text)?.[0] ?? '';
}

describe('the ladder of a remediation', () => {
  it('shows what is tried first, and what would come after it', () => {
    const text = ladderOf({ step: 'acting', verification: undefined as never, ladder: { rung: 1, of: 3, tried: [] } });
    expect(text).toContain('rung 1 of 3');
    expect(text).toMatch(/now .*next set_resources .*next scale /s);
  });

  it('shows what was tried, why it was no cure, and what became of it', () => {
    const text = ladderOf({ step: 'acting', verification: undefined as never, ladder: { rung: 3, of: 3, tried } });
    expect(text).toMatch(/tried Restarted Deployment .*VerificationFailed: p95 1\.2 s; it stays/s);
    expect(text).toMatch(/tried, undone Set memory 128Mi .*p95 1\.1 s; Put back memory 64Mi/s);
    expect(text).toMatch(/now scale Deployment/);
  });

  it('shows by which it was cured, and what it did not come to', () => {
    const report = { ...running.verification!, verdict: 'good', summary: 'p95 0.1 s, three times' } as const;
    const text = ladderOf({
      ...{ step: 'ended', outcome: 'remediated', verification: report },
      ladder: { rung: 2, of: 3, tried: [tried[0]] },
    });
    expect(text).toMatch(/proven .*p95 0\.1 s, three times/s);
    expect(text).toMatch(/not come to scale/);
  });

  it('is not there where there is none', () => {
    expect(ladderOf({})).toBe('');
  });
});
