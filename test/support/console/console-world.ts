import { setTimeout as sleep } from 'node:timers/promises';
import type { Activities } from '../../../src/activities/index.ts';
import type { PrepareResult } from '../../../src/activities/prepare.ts';
import type { Admission } from '../../../src/domain/admission/admission.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { judgePrepared } from '../../../src/domain/remediation/judge-prepared.ts';
import type { Prepared } from '../../../src/domain/remediation/prepared.ts';
import { weighEvidence } from '../../../src/domain/evidence/weigh-evidence.ts';
import type { Sample, VerificationReport } from '../../../src/domain/verification/measurement.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { initialState } from '../../../src/domain/verification/verification-state.ts';
import { judge, observe } from '../../../src/domain/verification/verification.ts';
import { FakeWorld, prepared } from '../../workflow/fake-world.ts';
import type { PeopleWorld } from '../people-stack.ts';
import { anObjective, aPlan, aPlannedChange } from '../plans.ts';

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
  /** No rule wants it: it is counted, and has no remediation. */
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
export function consoleWorld({ pace = 0 }: ConsoleWorldOptions = {}): PeopleWorld {
  const world = new FakeWorld({
    prepare: (input) => Promise.resolve(prepareFor(input)),
    previewChange: ({ planned: { target, moves } }) =>
      Promise.resolve({
        ...(moves === undefined ? {} : { moves }),
        diff: diffOf(target.name, moves?.before ?? 0, moves?.after ?? 0),
      }),
    verifyRemediation: async (input) => {
      const { planned: { awaits, moves } = {}, value } = input.awaits ?? {};
      await sleep(pace * 3);
      const ready = value ?? moves?.after ?? 0;
      const readings = [{ name: 'ready replicas', text: String(ready), value: ready }];
      const text = value === undefined && awaits !== undefined ? awaits : `${ready} ready replicas`;
      const observed = { text, readings, at: new Date().toISOString() };
      return { ...(await verifyBy(input, pace)), observed };
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
  return {
    world,
    decide: ({ labels: { alertname = '', service = '' } }) => decisionOf(alertname, service),
  };
}

type PrepareInput = Parameters<Activities['prepare']>[0];

/** What is read of a target, and whether it is let through. */
function prepareFor({ plan, admit }: PrepareInput): PrepareResult {
  const { target, verification, evidence } = plan;
  const at = Date.now() / 1000;
  const found: Prepared = {
    ...prepared(aPlannedChange({}, { target })),
    ...(evidence === undefined ? {} : { evidence: weighEvidence(evidence, SEEN) }),
    baseline: {
      objective: { at, status: 'known', value: 1.9 },
      neighbours: verification.neighbours.map(({ name }, index) => ({
        name,
        sample: { at, status: 'known', value: [0.21, 0.9][index] ?? 1 },
      })),
    },
  };
  const verdict = judgePrepared(found);
  if (!verdict.go || admit === undefined) return { prepared: found, verdict };
  return { prepared: found, verdict, admission: admissionOf(target.name, admit.only) };
}

function admissionOf(name: string, only: 'target' | undefined): Admission {
  if (only !== undefined) return { status: 'granted', epoch: 1 };
  const allowed = name !== SERVICES[Story.Denied];
  const [committed, added, daily] = [allowed ? 31.4 : 48.9, 3.45, 50];
  const cost = `3 more Pods for 4 h cost ${added.toFixed(2)} USD on top of ${committed.toFixed(2)} USD a day`;
  const budget = {
    ...{ allowed, budget: 'default', currency: 'USD', daily, committed, added, projected: committed + added },
    ...{ outstanding: 0, reason: `${cost}: ${allowed ? 'within' : 'over'} the 50.00 USD a day of budget default` },
  };
  return allowed ? { status: 'granted', epoch: 1, budget } : { status: 'denied', budget };
}

/** What the signals of the evidence say: three are far out, one cannot be had. */
const SEEN: Parameters<typeof weighEvidence>[1] = [
  { value: 1.92, past: usual(0.14, 0.012) },
  { value: 0.41, past: usual(0.02, 0.006) },
  { value: 220, past: usual(180, 22) },
  { value: 'unavailable', past: 'unavailable' },
];

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
        mode,
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
      objective: { ...anObjective(), query: { ...anObjective().query, vars: { service } } },
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
  const isHopeless = JSON.stringify(verification.objective?.query.vars ?? {}).includes('payment-gateway');
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
