import { Context } from '@temporalio/activity';
import type { Activities } from '../../src/activities/index.ts';
import type { RestoreResult, ScaleResult, TargetSnapshot } from '../../src/domain/actions/effects.ts';
import type { Baseline, VerificationReport } from '../../src/domain/verification/measurement.ts';
import { aDecision } from '../support/plans.ts';

const at = 1_700_000_000;

export const snapshot: TargetSnapshot = {
  target: { cluster: 'default', namespace: 'production', kind: 'Deployment', name: 'order-service' },
  uid: 'uid-1',
  lever: { kind: 'replicas' },
  value: 2,
  replicas: 2,
  readyReplicas: 2,
  podRequests: { cpu: 0.25, memory: 128 * 1024 ** 2 },
};

export const baseline: Baseline = { objective: { at, status: 'known', value: 1.9 }, neighbours: [] };

export function report(overrides: Partial<VerificationReport> = {}): VerificationReport {
  return {
    verdict: 'good',
    summary: 'p95 latency 0.14 s <= 0.2 s in 3 samples in a row',
    before: baseline.objective,
    after: { at: at + 10, status: 'known', value: 0.14 },
    worst: 1.9,
    samplesTaken: 8,
    samples: [],
    neighbours: [],
    ...overrides,
  };
}

/** A budget that forbids the change. */
export const denied: Partial<Activities> = {
  reserveBudget: () =>
    Promise.resolve({
      allowed: false,
      budget: 'default',
      currency: 'USD',
      daily: 1,
      committed: 1,
      added: 1,
      projected: 2,
      reason: '2.00 of 1.00 USD',
    }),
};

/** A remediation that does not help, is undone, and says so when it is asked later. */
export const failedBefore: Partial<Activities> = {
  verifyRemediation: () =>
    Promise.resolve(report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'p95 latency 1.2 s' })),
  recallRemediation: () =>
    Promise.resolve({
      ...{
        step: 'ended',
        outcome: 'rolled_back',
        summary: 'put back to 2',
        alertResolved: false,
        notified: ['on-call'],
      },
      timeline: [],
    }),
};

/** An activity that waits, with heartbeats, until it is told to stop. */
export async function untilCancelled(): Promise<never> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 50);
  try {
    return await context.cancelled;
  } finally {
    clearInterval(beat);
  }
}

/** One call of an activity, in order. */
export interface Call {
  readonly name: keyof Activities;
  readonly input: unknown;
}

/**
 * The outside world as a script: every activity answers as told and is recorded. The workflow tests are about what the
 * workflow does with an answer; the activities themselves are tested against real servers.
 */
export class FakeWorld {
  readonly calls: Call[] = [];
  readonly sent: { channel: string; kind: string; text: string }[] = [];
  readonly #script: Partial<Activities>;

  constructor(script: Partial<Activities> = {}) {
    this.#script = script;
  }

  /** Names of the activities called, in order of their first attempt. */
  get names(): string[] {
    return this.calls.map((call) => call.name);
  }

  /** All activities, ready for a worker. */
  get activities(): Activities {
    const happy: Activities = {
      decide: () => Promise.resolve(aDecision()),
      inspectTarget: () => Promise.resolve(snapshot),
      measureBaseline: () => Promise.resolve(baseline),
      checkBudget: () =>
        Promise.resolve({
          allowed: true,
          budget: 'default',
          currency: 'USD',
          daily: 50,
          committed: 10,
          added: 1,
          projected: 11,
          reason: '11.00 of 50.00 USD',
        }),
      applyScale: ({ from, to }): Promise<ScaleResult> => Promise.resolve({ changed: true, before: from, after: to }),
      awaitReady: ({ replicas }) => Promise.resolve({ readyReplicas: replicas, waitedMs: 100 }),
      verifyRemediation: () => Promise.resolve(report()),
      enterTarget: () => Promise.resolve({ status: 'granted' }),
      enterCluster: () => Promise.resolve({ status: 'granted' }),
      leaveGuards: () => Promise.resolve(),
      yieldTarget: () => Promise.resolve(),
      readPause: () => Promise.resolve(undefined),
      recallRemediation: () => Promise.reject(new Error('there is no other remediation')),
      describeRemediations: ({ ids }) => Promise.resolve(ids.map((id) => ({ id, running: true }))),
      reserveBudget: () =>
        Promise.resolve({
          allowed: true,
          budget: 'default',
          currency: 'USD',
          daily: 50,
          committed: 10,
          added: 1,
          projected: 11,
          reason: '11.00 of 50.00 USD',
          ledger: 'ledger/default/production',
        }),
      gatherEvidence: ({ evidence }) =>
        Promise.resolve({
          confidence: 0.9,
          threshold: evidence.threshold,
          enough: true,
          summary: 'confidence 0.9 of 0.7',
          signals: [],
        }),
      previewScale: ({ from, to }) =>
        Promise.resolve({ before: from, after: to, diff: `-  replicas: ${from}\n+  replicas: ${to}` }),
      recordAudit: () => Promise.resolve(),
      keepAudit: () =>
        Promise.resolve({
          signed: null,
          removed: null,
          rowsRemoved: 0,
          rowsVerified: 0,
          verifiedAllAt: '2026-01-01T00:00:00Z',
        }),
      measureSignal: () => Promise.resolve({ at, status: 'known', value: 120 }),
      awaitLeaseStep: ({ current, bounds }) =>
        Promise.resolve(
          current > bounds.floor
            ? { kind: 'down', to: current - 1, reason: 'load 20 req/s fits 2 replicas' }
            : { kind: 'done', reason: `back at ${current}` },
        ),
      restoreScale: ({ from, to }): Promise<RestoreResult> =>
        Promise.resolve({ status: 'restored', before: to, after: from }),
      releaseTarget: () => Promise.resolve(),
      selectChannels: () => Promise.resolve(['on-call']),
      notify: () => Promise.resolve(),
      holdPage: () => Promise.resolve({ held: false, reason: 'off' }),
      letPage: () => Promise.resolve({ ended: 0 }),
      alertState: () => Promise.resolve({ state: 'unknown', reason: 'not configured' }),
      awaitResolved: () => Promise.resolve({ state: 'resolved' }),
    };
    const scripted = { ...happy, ...this.#script };
    const recorded = Object.entries(scripted).map(([name, activity]) => [
      name,
      async (input: never) => {
        if (Context.current().info.attempt === 1) this.calls.push({ name: name as keyof Activities, input });
        return await activity(input);
      },
    ]);
    return Object.fromEntries(recorded) as Activities;
  }
}
