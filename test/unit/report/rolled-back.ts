import type { RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { aDecision, aPlan } from '../../support/plans.ts';
import { baseline, report, snapshot } from '../../workflow/fake-world.ts';

export const at = (second: number) => new Date(1_700_000_000_000 + second * 1000).toISOString();
const known = (second: number, value: number) => ({ at: 1_700_000_000 + second, status: 'known' as const, value });

/** A remediation that did not help and was undone, as it tells it. */
export const rolledBack: RemediationStatus = {
  step: 'ended',
  outcome: 'rolled_back',
  summary: 'VerificationFailed: p95 latency not <= 0.2 s; put back to 2',
  alertResolved: false,
  decision: { ...aDecision(aPlan({ runbookUrl: 'https://runbooks.example/slow' })), policyRevision: 'abc123' },
  snapshot,
  baseline,
  preview: { before: 2, after: 5, diff: '-  replicas: 2\n+  replicas: 5' },
  scale: { changed: true, before: 2, after: 5 },
  verification: report({
    verdict: 'bad',
    failure: 'VerificationFailed',
    samples: [known(3, 1.9), known(4, 1.7), known(5, 1.8)],
    neighbours: [{ name: 'catalog', before: known(0, 0.1), after: { at: 1, status: 'unknown', reason: 'stale' } }],
  }),
  compensation: { status: 'restored', before: 5, after: 2 },
  notified: ['on-call'],
  timeline: [
    { at: at(0), step: 'deciding', text: 'Alert received' },
    { at: at(1), step: 'acting', text: 'scale Deployment production/order-service 2 -> 5' },
    { at: at(2), step: 'verifying', text: '5 replicas ready' },
    { at: at(6), step: 'compensating', text: 'undoing the change' },
    { at: at(7), step: 'ended', text: 'put back to 2' },
  ],
};
