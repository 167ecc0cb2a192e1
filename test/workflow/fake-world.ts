import { defined } from '../../src/domain/defined.ts';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Activities } from '../../src/activities/index.ts';
import { type ActionName, ACTIONS } from '../../src/domain/actions/index.ts';
import type { EffectInput, EffectResult } from '../../src/domain/actions/effects.ts';
import type { PlannedChange } from '../../src/domain/actions/contract.ts';
import { Order } from '../../src/domain/orders/seal.ts';
import { startRefused } from '../../src/domain/orders/start-refused.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { approvalFor } from '../../src/domain/approval/approval-for.ts';
import { judgePrepared } from '../../src/domain/remediation/judge-prepared.ts';
import type { Prepared, PrepareRequest } from '../../src/domain/remediation/prepared.ts';
import type { Baseline, VerificationReport } from '../../src/domain/verification/measurement.ts';
import { aDecision, aPlannedChange } from '../support/plans.ts';

const at = 1_700_000_000;

export const baseline = { objective: { at, status: 'known', value: 1.9 }, neighbours: [] } as const satisfies Baseline;

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

const verdict = {
  ...{ budget: 'default', currency: 'USD', daily: 50, committed: 10, added: 1, projected: 11 },
  ...{ allowed: true, reason: '11.00 of 50.00 USD' },
};

/** A budget that forbids the change. */
export const denied: Script = {
  admit: () =>
    Promise.resolve({
      status: 'denied',
      budget: { ...verdict, allowed: false, daily: 1, committed: 1, projected: 2, reason: '2.00 of 1.00 USD' },
    }),
};

/** A remediation that does not help, is undone, and says so when it is asked later. */
export const failedBefore: Script = {
  verifyRemediation: () =>
    Promise.resolve(report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'p95 latency 1.2 s' })),
  recallRemediation: () =>
    Promise.resolve({
      ...{ step: 'ended', outcome: 'rolled_back', summary: 'put back to 2', alertResolved: false },
      ...{ notified: ['on-call'], timeline: [] },
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

/** Answers of activities. `reads` is what `prepare` finds, where that differs from what it finds by itself. */
export type Script = Partial<Activities> & {
  readonly reads?: (
    asked?: Pick<PrepareRequest, 'behind'> & { readonly rung: number },
  ) => Partial<Prepared> | Promise<Partial<Prepared>>;
};

/** What `prepare` finds by itself: a target that can be scaled from 2 to 5, an alert that fires, and an objective not met. */
export function prepared(planned: PlannedChange = aPlannedChange()): Prepared {
  return {
    planned,
    source: { status: 'firing', source: 'prometheus', text: 'fires' },
    baseline,
    objective: { status: 'not_met', text: 'p95 latency 1.9 s is not <= 0.2 s' },
    money: {
      ask: {
        ...{ budget: 'default', scopeKind: 'namespace', scopeKey: 'production', currency: 'USD', amount: 1, daily: 50 },
        ...{ usage: 10, usageMeasuredAt: at, settleSeconds: 60, change: '3 more Pods for 4 h' },
      },
    },
    approval: approvalFor({}, undefined),
  };
}

/**
 * The outside world as a script: every activity answers as told and is recorded. The workflow tests are about what the
 * workflow does with an answer; the activities themselves are tested against real servers.
 */
export class FakeWorld {
  readonly calls: Call[] = [];
  readonly #script: Script;

  constructor(script: Script = {}) {
    this.#script = script;
  }

  /** Names of the activities called, in order of their first attempt. */
  get names(): string[] {
    return this.calls.map((call) => call.name);
  }

  /** What policy said before the start; undefined where the script has it asked later. */
  get decision(): Decision | undefined {
    return this.#script.decide === undefined ? aDecision() : undefined;
  }

  /** All activities, ready for a worker. */
  get activities(): Activities {
    const { reads, ...scripted } = this.#script;
    const happy: Activities = {
      decide: () => Promise.resolve(aDecision()),
      prepare: async ({ remediationId, alert, plan, rung = 1, behind, admit, hasHuman, start }) => {
        const verdict = start && (await all.verifyOrder({ order: Order.Start, input: start }));
        if (verdict?.valid === false) throw ApplicationFailure.nonRetryable(startRefused(verdict.text), 'OrderRefused');
        const read = { ...prepared(), ...(await reads?.({ rung, ...defined({ behind }) })) };
        const found = { ...read, approval: approvalFor(plan, read.planned.ownership?.team?.name) };
        const judged = judgePrepared(found, { gitOps: plan.gitOps, hasHuman });
        if (!judged.go || admit === undefined) return { prepared: found, verdict: judged };
        const admission = await all.admit({ ...admit, remediationId, alert, plan, prepared: found });
        return { prepared: found, verdict: judged, admission };
      },
      recallPrelude: () => Promise.resolve('none'),
      admit: ({ only }) =>
        Promise.resolve({ status: 'granted', epoch: 1, ...(only === undefined ? { budget: verdict } : {}) }),
      fence: () => Promise.resolve({ open: true }),
      leave: () => Promise.resolve(),
      verifyOrder: () => Promise.resolve({ valid: true }),
      sweepStore: () =>
        Promise.resolve({ remembered: { pauses: [] }, woken: 0, expired: 0, freed: [], restored: false }),
      checkStanding: () => Promise.resolve({ status: 'stands' }),
      planChange: () => Promise.resolve(aPlannedChange()),
      previewChange: ({ planned: { moves } }) =>
        Promise.resolve({ diff: `-  replicas: ${moves?.before}\n+  replicas: ${moves?.after}` }),
      ...actsOf,
      observeEffect: ({ planned: { moves }, value }) =>
        Promise.resolve({ text: `${value ?? moves?.after} ready replicas`, readings: [] }),
      undoEffect: ({ planned: { moves } }) =>
        Promise.resolve({ status: 'restored', text: `put back to ${moves?.before}` }),
      releaseTarget: () => Promise.resolve(),
      measureBaseline: () => Promise.resolve(baseline),
      awaitObjectiveBroken: async () => ({ objective: (await reads?.())?.objective ?? prepared().objective, baseline }),
      // As the real one does: the effect is waited for first.
      verifyRemediation: async ({ awaits }) => {
        const observed = awaits === undefined ? undefined : await all.observeEffect(awaits);
        return { ...report(), ...(observed && { observed: { ...observed, at: new Date().toISOString() } }) };
      },
      recallRemediation: () => Promise.reject(new Error('there is no other remediation')),
      gatherEvidence: ({ evidence: { threshold } }) =>
        Promise.resolve({ confidence: 0.9, threshold, enough: true, summary: 'confidence 0.9 of 0.7', signals: [] }),
      pauseApplier: ({ applier }) =>
        Promise.resolve({ status: 'paused', changed: true, text: `Paused ${applier.name}` }),
      resumeApplier: ({ applier }) =>
        Promise.resolve({ status: 'resumed', text: `${applier.name} puts changes back again` }),
      diagnose: () => Promise.resolve({ takenAt: '2026-01-01T00:00:00Z', findings: [], sections: [], gaps: [] }),
      recordAudit: () => Promise.resolve(),
      keepAudit: () =>
        Promise.resolve({
          ...{ signed: null, removed: null, rowsRemoved: 0, rowsVerified: 0, verifiedAllAt: '2026-01-01T00:00:00Z' },
        }),
      measureSignal: () => Promise.resolve({ at, status: 'known', value: 120 }),
      awaitLeaseStep: ({ current, bounds }) =>
        Promise.resolve(
          current > bounds.floor
            ? { kind: 'down', to: current - 1, reason: 'load 20 req/s fits 2 replicas' }
            : { kind: 'done', reason: `back at ${current}` },
        ),
      selectChannels: () => Promise.resolve(['on-call']),
      notify: () => Promise.resolve(),
      holdPage: () => Promise.resolve({ held: false, reason: 'off' }),
      letPage: () => Promise.resolve({ ended: 0 }),
      alertState: () => Promise.resolve({ state: 'unknown', reason: 'not configured' }),
      awaitResolved: () => Promise.resolve({ state: 'resolved' }),
    };
    const recorded = Object.entries({ ...happy, ...scripted }).map(([name, activity]) => [
      name,
      async (input: never) => {
        if (Context.current().info.attempt === 1) this.calls.push({ name: name as keyof Activities, input });
        return await activity(input);
      },
    ]);
    const all = Object.fromEntries(recorded) as Activities;
    return all;
  }
}

const actsOf = Object.fromEntries(Object.keys(ACTIONS).map((name) => [name, acts])) as Record<ActionName, typeof acts>;

function acts({ planned: { moves }, step }: EffectInput): Promise<EffectResult> {
  const before = step?.from ?? moves?.before ?? 0;
  const after = step?.to ?? moves?.after ?? 0;
  return Promise.resolve({
    ...{ changed: true, text: `Scaled ${before} -> ${after}`, handle: {} },
    moved: { name: 'replicas', before, after },
  });
}
