import { setTimeout as sleep } from 'node:timers/promises';
import type { Activities } from '../../../src/activities/index.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { weighEvidence } from '../../../src/domain/evidence/weigh-evidence.ts';
import type { Sample, VerificationReport } from '../../../src/domain/verification/measurement.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { initialState } from '../../../src/domain/verification/verification-state.ts';
import { judge, observe } from '../../../src/domain/verification/verification.ts';
import { FakeWorld, snapshot } from '../../workflow/fake-world.ts';
import { aPlan } from '../plans.ts';

/** Names of alerts, each of which takes another way through the real workflow. */
export const Story = {
  /** Cured, and watches. */
  Cured: 'OrderServiceCPUThrottling',
  /** Cured, and goes back in steps once it resolves. */
  Leased: 'CatalogServiceSlow',
  /** Waits for a human. */
  Asks: 'CheckoutLatencyHigh',
  /** Does not help, and is undone. */
  NoHelp: 'PaymentGatewaySlow',
  Human: 'DatabaseDiskAlmostFull',
  Rejected: 'CertificateExpiresSoon',
  Observed: 'SearchServiceSlow',
  Denied: 'RecommendationsThrottled',
} as const;
type Story = (typeof Story)[keyof typeof Story];

const SERVICES: Readonly<Record<Story, string>> = {
  [Story.Cured]: 'order-service',
  [Story.Leased]: 'catalog-service',
  [Story.Asks]: 'checkout',
  [Story.NoHelp]: 'payment-gateway',
  [Story.Human]: 'orders-db',
  [Story.Rejected]: 'edge',
  [Story.Observed]: 'search-service',
  [Story.Denied]: 'recommendations',
};

const CURE = [1.92, 1.88, 1.61, 1.24, 0.83, 0.47, 0.31, 0.22, 0.17, 0.15, 0.14];
const NO_CURE = [1.92, 1.95, 1.9, 1.97, 2.04, 1.91, 1.88, 1.93];

export interface ConsoleWorldOptions {
  /** Milliseconds that a sample takes; 0: none, with a second between their times all the same. */
  readonly pace?: number;
}

/** A world in which the stories happen: activities answer what real ones would, by Mendloop's own arithmetic. */
export function consoleWorld({ pace = 0 }: ConsoleWorldOptions = {}): FakeWorld {
  return new FakeWorld({
    decide: ({ alert }) => Promise.resolve(decisionOf(alert.labels['alertname'] ?? '', alert.labels['service'] ?? '')),
    inspectTarget: ({ target }) => Promise.resolve({ ...snapshot, target: { ...snapshot.target, name: target.name } }),
    gatherEvidence: ({ evidence }) =>
      Promise.resolve(
        weighEvidence(evidence, [
          { value: 1.92, past: usual(0.14, 0.012) },
          { value: 0.41, past: usual(0.02, 0.006) },
          { value: 220, past: usual(180, 22) },
          { value: 'unavailable', past: 'unavailable' },
        ]),
      ),
    measureBaseline: ({ verification }) =>
      Promise.resolve({
        objective: { at: Date.now() / 1000, status: 'known', value: 1.9 },
        neighbours: verification.neighbours.map(({ name }, index) => ({
          name,
          sample: { at: Date.now() / 1000, status: 'known' as const, value: [0.21, 0.9][index] ?? 1 },
        })),
      }),
    previewScale: ({ from, to, target }) =>
      Promise.resolve({ before: from, after: to, diff: diffOf(target.name, from, to) }),
    awaitReady: async ({ replicas }) => {
      await sleep(pace * 3);
      return { readyReplicas: replicas, waitedMs: pace * 3 };
    },
    verifyRemediation: (input) => verifyBy(input, pace),
    reserveBudget: ({ target, addedReplicas }) => {
      const allowed = target.name !== SERVICES[Story.Denied];
      const added = addedReplicas * 1.15;
      return Promise.resolve({
        ...{ allowed, budget: 'default', currency: 'USD', daily: 50, committed: allowed ? 31.4 : 48.9, added },
        ...{ projected: (allowed ? 31.4 : 48.9) + added, outstanding: 0 },
        reason: allowed
          ? `${addedReplicas} more Pods for 4 h cost ${added.toFixed(2)} USD on top of 31.40 USD a day: within the 50.00 USD a day of budget default`
          : `${addedReplicas} more Pods for 4 h cost ${added.toFixed(2)} USD on top of 48.90 USD a day: over the 50.00 USD a day of budget default`,
        ...(allowed ? { ledger: 'ledger/default/production' } : {}),
      });
    },
    awaitLeaseStep: async ({ current, bounds }) => {
      await sleep(pace * 6);
      return current > bounds.floor
        ? {
            kind: 'down',
            to: current - 1,
            reason: `request rate ${40 * (current - 1)} req/s fits ${current - 1} replicas`,
          }
        : { kind: 'done', reason: `back at ${current}` };
    },
  });
}

function decisionOf(name: string, service: string): Decision {
  const base = { policyRevision: '7f3a91c2d0b4' };
  switch (name) {
    case Story.Human:
      return {
        ...base,
        verdict: 'human',
        rule: 'database_disk',
        reason: 'disks are grown by people',
        runbookUrl: 'https://runbooks.example/disk',
      };
    case Story.Rejected:
      return { ...base, verdict: 'reject', rule: '', reason: 'no rule matches the alert' };
    default: {
      const plan = planOf(name, service);
      const mode = name === Story.Observed ? 'observe' : name === Story.Asks ? 'approve' : 'auto';
      const decided = { ...base, rule: `${service.replaceAll('-', '_')}_cpu_throttling`, plan };
      return {
        ...decided,
        verdict: 'plan',
        mode: 'auto',
        effectiveMode: { mode, source: mode === 'auto' ? 'policy' : 'flag' },
      };
    }
  }
}

function planOf(name: string, service: string): Plan {
  const signal = (of: string, unit: string) => ({
    name: of,
    unit,
    source: { kind: 'prometheus', query: { expr: 'up' } },
  });
  return aPlan({
    target: { namespace: 'production', kind: 'Deployment', name: service || 'unnamed' },
    evidence: {
      threshold: 0.6,
      signals: [
        { ...signal('p95 latency', 's'), weight: 2 },
        signal('CPU throttling', ''),
        signal('request rate', 'req/s'),
        { ...signal('log errors', '/s'), weight: 0.3 },
      ],
    },
    verification: {
      ...aPlan().verification,
      objective: {
        ...aPlan().verification.objective,
        query: { ...aPlan().verification.objective.query, vars: { service } },
      },
      neighbours: [
        { name: 'payment-gateway p95', query: { expr: 'up' }, unit: 's' },
        { name: 'catalog p95', query: { expr: 'up' }, unit: 's', tolerance: 0.25 },
      ],
    },
    runbookUrl: `https://runbooks.example/${encodeURIComponent(service)}`,
    ...(name === Story.Asks
      ? { approval: { reason: 'production is frozen until Friday', deadlineSeconds: 1800, quorum: 1, roles: [] } }
      : {}),
    ...(name === Story.Leased
      ? { lease: { load: { name: 'request rate', query: { expr: 'up' }, unit: 'req/s' }, checkSeconds: 1 } }
      : {}),
  });
}

/** As the real activity does: sample by sample, by the same arithmetic; who has no cure to expect gets none. */
async function verifyBy(
  input: Parameters<Activities['verifyRemediation']>[0],
  pace: number,
): Promise<VerificationReport> {
  const { verification, baseline } = input;
  const isHopeless = JSON.stringify(verification.objective.query.vars).includes('payment-gateway');
  const values = isHopeless ? NO_CURE : CURE;
  const start = Date.now();
  let state = initialState(verification);
  for (const [index, value] of values.entries()) {
    await sleep(pace);
    const at = (pace === 0 ? start + index * 1000 : Date.now()) / 1000;
    const objective: Sample =
      index === 3 ? { at, status: 'unknown', reason: 'window_reaches_back' } : { at, status: 'known', value };
    const neighbours = [0.24, 0.88].map((near): Sample => ({ at, status: 'known', value: near }));
    const terms = { verification, baseline };
    state = observe(state, { objective, neighbours }, terms);
    const report = judge(state, { ...terms, deadlinePassed: index === values.length - 1 });
    if (report !== undefined) return report;
  }
  throw new Error('a judgement at the deadline is one');
}

function usual(middle: number, spread: number): number[] {
  return Array.from({ length: 60 }, (_, index) => middle + spread * Math.sin(index * 1.7));
}

function diffOf(name: string, from: number, to: number): string {
  return [
    `--- Deployment/${name}`,
    `+++ Deployment/${name} (dry run)`,
    '@@ -1,9 +1,11 @@',
    ' apiVersion: apps/v1',
    ' kind: Deployment',
    ' metadata:',
    `   name: ${name}`,
    '   namespace: production',
    '+  annotations:',
    '+    mendloop.dev/remediation: held',
    ' spec:',
    `-  replicas: ${from}`,
    `+  replicas: ${to}`,
    '   revisionHistoryLimit: 10',
  ].join('\n');
}

export function serviceOf(story: string): string {
  return (SERVICES as Readonly<Record<string, string>>)[story] ?? 'unknown';
}
