import { describe, expect, it } from 'vitest';
import { unmetExpectations } from '../../../examples/flash-sale/report/expectations.ts';
import { type Report, renderReports, secondsBetween } from '../../../examples/flash-sale/report/report.ts';
import { SCENARIOS } from '../../../examples/flash-sale/scenario/scenarios.ts';

const cured: Report = {
  scenario: 'ok',
  outcome: 'remediated',
  fault: null,
  workerKilled: false,
  replicas: { before: 2, peak: 5, after: 5 },
  p95Seconds: { before: 0.03, worst: 1.4, after: 0.04 },
  seconds: {
    surgeToDetected: 4,
    surgeToWebhook: 4.1,
    surgeToDecided: 4.2,
    webhookToScaled: 0.1,
    scaledToReady: 0.2,
    surgeToVerified: 14,
  },
  workflowId: 'remediation/default/OrderServiceCPUThrottling/0123456789abcdef/1',
  historyEvents: 42,
  notified: [],
};
const undone: Report = {
  ...cured,
  scenario: 'no-help',
  outcome: 'rolled_back',
  fault: 'VerificationFailed',
  replicas: { before: 2, peak: 5, after: 2 },
  seconds: { ...cured.seconds, surgeToVerified: null },
  notified: ['on-call'],
};

describe('unmetExpectations', () => {
  it('finds nothing wrong with runs that ended as they should', () => {
    expect(unmetExpectations(SCENARIOS.ok, cured)).toEqual([]);
    expect(unmetExpectations(SCENARIOS['no-help'], undone)).toEqual([]);
    expect(unmetExpectations(SCENARIOS.contention, { ...undone, fault: 'ContentionDetected' })).toEqual([]);
    expect(
      unmetExpectations(SCENARIOS['over-budget'], {
        ...undone,
        outcome: 'denied',
        fault: null,
        replicas: { before: 2, peak: 2, after: 2 },
        seconds: { ...undone.seconds, webhookToScaled: null, scaledToReady: null },
      }),
    ).toEqual([]);
  });

  it('forgives the crash its time, but not its end', () => {
    const late: Report = { ...cured, historyEvents: 80, seconds: { ...cured.seconds, surgeToVerified: 40 } };
    const killed = { ...late, workerKilled: true };
    expect(unmetExpectations(SCENARIOS.crash, killed)).toEqual([]);
    expect(unmetExpectations(SCENARIOS.ok, late)).toEqual([
      'surgeToVerified is 40, should be at most 25',
      'historyEvents is 80, should be at most 60',
    ]);
    expect(unmetExpectations(SCENARIOS.crash, { ...killed, outcome: 'escalated' })).not.toEqual([]);
    expect(unmetExpectations(SCENARIOS.crash, late)).toEqual([
      'the worker killed between scaling and proof is false, should be true',
    ]);
  });

  it.each<[string, Partial<Report>]>([
    ['the outcome', { outcome: 'escalated' }],
    ['the fault', { fault: 'ContentionDetected' }],
    ['the worker killed', { workerKilled: true }],
    ['decided', { seconds: { ...cured.seconds, surgeToDecided: null } }],
    ['the peak', { replicas: { before: 2, peak: 9, after: 5 } }],
    ['replicas after', { replicas: { before: 2, peak: 5, after: 2 } }],
    ['on-call', { notified: ['on-call'] }],
    ['surgeToDetected', { seconds: { ...cured.seconds, surgeToDetected: 10.5 } }],
    ['surgeToDetected', { seconds: { ...cured.seconds, surgeToDetected: null } }],
    ['webhookToScaled', { seconds: { ...cured.seconds, webhookToScaled: 1.2 } }],
    ['p95 after', { p95Seconds: { ...cured.p95Seconds, after: 0.21 } }],
    ['p95 after', { p95Seconds: { ...cured.p95Seconds, after: null } }],
  ])('names %s when it is off', (what, off) => {
    const unmet = unmetExpectations(SCENARIOS.ok, { ...cured, ...off });
    expect(unmet).toHaveLength(1);
    expect(unmet[0]).toContain(what);
  });

  it('misses a page that did not come', () => {
    expect(unmetExpectations(SCENARIOS['no-help'], { ...undone, notified: [] })).toEqual([
      'the on-call paged is false, should be true',
    ]);
  });
});

describe('the report file', () => {
  it('holds one object for one scenario, and a list for several', () => {
    expect(JSON.parse(renderReports([cured], 1))).toEqual(cured);
    expect(JSON.parse(renderReports([cured, undone], 2))).toEqual([cured, undone]);
    expect(JSON.parse(renderReports([cured], 2))).toEqual([cured]);
  });

  it('counts seconds to the millisecond, and knows what did not happen', () => {
    expect(secondsBetween(1000, 2234.4)).toBe(1.234);
    expect(secondsBetween(1000, undefined)).toBeNull();
  });
});
