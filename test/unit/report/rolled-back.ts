import type { RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { anEffect } from '../../support/changes.ts';
import { aDecision, aPlan, aPlannedChange } from '../../support/plans.ts';
import { baseline, report } from '../../workflow/fake-world.ts';

export const at = (second: number) => new Date(1_700_000_000_000 + second * 1000).toISOString();
const known = (second: number, value: number) => ({ at: 1_700_000_000 + second, status: 'known' as const, value });

/** A remediation that did not help and was undone, as it tells it. */
export const rolledBack: RemediationStatus = {
  step: 'ended',
  outcome: 'rolled_back',
  summary: 'VerificationFailed: p95 latency not <= 0.2 s; put back to 2',
  alertResolved: false,
  decision: { ...aDecision(aPlan({ runbookUrl: 'https://runbooks.example/slow' })), policyRevision: 'abc123' },
  planned: aPlannedChange(),
  source: { status: 'firing', source: 'prometheus', text: 'fires at Prometheus since 10 s' },
  objective: { status: 'not_met', text: 'p95 latency 1.9 s is not <= 0.2 s' },
  baseline,
  preview: { moves: { name: 'replicas', before: 2, after: 5 }, diff: '-  replicas: 2\n+  replicas: 5' },
  effect: anEffect({ readings: [{ name: 'ready replicas', text: '5', value: 5 }] }),
  verification: report({
    verdict: 'bad',
    failure: 'VerificationFailed',
    samples: [known(3, 1.9), known(4, 1.7), known(5, 1.8)],
    neighbours: [{ name: 'catalog', before: known(0, 0.1), after: { at: 1, status: 'unknown', reason: 'stale' } }],
  }),
  compensation: { status: 'restored', text: 'Put back 5 -> 2', moved: { name: 'replicas', before: 5, after: 2 } },
  notified: ['on-call'],
  timeline: [
    { at: at(0), step: 'deciding', text: 'Alert received' },
    { at: at(1), step: 'acting', text: 'scale Deployment production/order-service 2 -> 5' },
    { at: at(2), step: 'verifying', text: '5 ready replicas' },
    { at: at(6), step: 'compensating', text: 'undoing the change' },
    { at: at(7), step: 'ended', text: 'put back to 2' },
  ],
};
