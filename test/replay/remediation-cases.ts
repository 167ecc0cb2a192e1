import { ApplicationFailure } from '@temporalio/activity';
import type { Admission } from '../../src/domain/admission/admission.ts';
import {
  APPROVE_UPDATE,
  REJECT_UPDATE,
  RESOLVED_SIGNAL,
  UNDO_UPDATE,
  WAKE_SIGNAL,
} from '../../src/contract/remediation.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { aDecision, aPlan, aPlannedChange } from '../support/plans.ts';
import { aPrelude, relaxed } from '../support/preludes.ts';
import { denied, report, type Script } from '../workflow/fake-world.ts';
import type { Running } from '../workflow/run-remediation.ts';

/** One way of a remediation, and what happens to it on its way. */
export interface Case {
  readonly name: string;
  readonly script: Script;
  readonly during?: (running: Running) => Promise<void>;
}

const bad = report({ verdict: 'bad', failure: 'VerificationFailed', summary: 'p95 latency 1.2 s is not <= 0.2 s' });
const unknown = report({ verdict: 'inconclusive', failure: 'VerificationInconclusive', summary: 'never judged' });

const until = async ({ status }: Running, step: string) => {
  while ((await status()).step !== step) await new Promise((resolve) => setImmediate(resolve));
};
const untilWatching = (running: Running) => until(running, 'watching');

const untilResolved = async (running: Running) => {
  await untilWatching(running);
  await running.handle.signal(RESOLVED_SIGNAL, {});
};
/** The store's answers, one after the other; the last one stays. */
const admits = (...answers: Admission[]): Script => ({
  admit: () => Promise.resolve((answers.length > 1 ? answers.shift() : answers[0])!),
});
const granted = { status: 'granted', epoch: 1 } as const;
/** The fence is closed at some tries of the effect, which are counted from 1. */
const closedAt = (reason: string, ...closed: number[]): Script => {
  let tries = 0;
  return {
    scale: ({ step, planned: { moves } }) => {
      tries += 1;
      if (closed.includes(tries)) {
        return Promise.reject(ApplicationFailure.nonRetryable('a release', 'FenceClosed', reason));
      }
      return Promise.resolve({ changed: true, text: `Scaled to ${step?.to ?? moves?.after}`, handle: {} });
    },
  };
};

const leader = 'remediation/default/Other/0000000000000000/1';
const vote = { by: 'ada', roles: ['approver'], reason: 'looks right', via: 'cli' };

/** The plan asks for a human. */
const approval = (overrides: object = {}): Script => ({
  decide: () => Promise.resolve(aDecision(aPlan({ approval: overrides }))),
});
const planned = (overrides: Record<string, unknown>, decision: object = {}): Script => ({
  decide: () => Promise.resolve({ ...aDecision(aPlan(overrides)), ...decision }),
});
const evidence = {
  signals: [{ name: 'errors', source: { kind: 'loki', query: { expr: 'sum(rate({app="x"}[1m]))' } } }],
  threshold: 0.7,
};
/** So many plans, each like the other. */
const ladder = (rungs: number): Script => ({
  decide: () =>
    Promise.resolve({ ...aDecision(), further: Array.from({ length: rungs - 1 }, () => aPlan()) } as Decision),
});
/** The first so many proofs. */
const failing = (times: number): Script => {
  let proofs = 0;
  return { verifyRemediation: () => Promise.resolve((proofs += 1) <= times ? bad : report()) };
};
/** The plan has something before its own change. */
const prelude = (maxSeconds = 600): Script => ({
  ...planned({ prelude: aPrelude(maxSeconds) }),
  reads: () => ({ prelude: { planned: relaxed } }),
});
const lease = { load: { name: 'load', query: { expr: 'sum(rate(x[1m]))' } }, checkSeconds: 1 };

export const remediationCases: readonly Case[] = [
  {
    name: 'remediated',
    script: {},
    during: untilResolved,
  },
  { name: 'rolled-back', script: { verifyRemediation: () => Promise.resolve(bad) } },
  { name: 'remediated-after-a-prelude', script: prelude(), during: untilResolved },
  { name: 'rolled-back-with-its-prelude', script: { ...prelude(), verifyRemediation: () => Promise.resolve(bad) } },
  { name: 'remediated-by-the-second-rung', script: { ...ladder(2), ...failing(1) }, during: untilResolved },
  { name: 'rolled-back-after-a-ladder', script: { ...ladder(3), ...failing(3) } },
  {
    name: 'undone-on-the-second-rung',
    script: { ...ladder(2), ...failing(1) },
    during: async (running) => {
      await untilWatching(running);
      await running.handle.executeUpdate(UNDO_UPDATE, { args: [{ by: 'ada', reason: 'wrong service' }] });
    },
  },
  {
    name: 'escalated-left-alone',
    script: {
      verifyRemediation: () => Promise.resolve(bad),
      undoEffect: () =>
        Promise.resolve({ status: 'left_alone', text: 'left alone', expected: '5', found: '7', by: 'kubectl' }),
    },
  },
  {
    name: 'escalated-kept',
    script: {
      decide: () => {
        const plan = aPlan();
        return Promise.resolve(aDecision({ ...plan, verification: { ...plan.verification, onInconclusive: 'keep' } }));
      },
      verifyRemediation: () => Promise.resolve(unknown),
    },
  },
  {
    name: 'escalated-undo-failed',
    script: {
      verifyRemediation: () => Promise.resolve(bad),
      undoEffect: () => Promise.reject(ApplicationFailure.nonRetryable('refused', 'KubernetesInvalid')),
    },
  },
  { name: 'denied', script: denied },
  { name: 'observed', script: { decide: () => Promise.resolve(aDecision(aPlan(), 'observe')) } },
  {
    name: 'rejected',
    script: {
      decide: () =>
        Promise.resolve({ verdict: 'reject', rule: '', reason: 'no rule for this alert', policyRevision: 'test' }),
    },
  },
  {
    name: 'suppressed',
    script: admits({ status: 'refused', reason: 'cooldown', text: 'too soon' }),
  },
  {
    name: 'remediated-after-a-refusal-with-a-time',
    script: admits({ status: 'refused', reason: 'cooldown', text: 'too soon', until: Date.now() + 1000 }, granted),
    during: untilResolved,
  },
  {
    name: 'joined',
    script: admits({ status: 'joined', leader }, { status: 'shared', leader, outcome: 'remediated', text: 'cured' }),
    during: async (running) => {
      await until(running, 'joined');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'ended' });
    },
  },
  {
    name: 'remediated-after-waiting',
    script: { ...admits({ status: 'queued', position: 1, text: 'busy' }, granted), ...closedAt('paused', 1) },
    during: async (running) => {
      await until(running, 'admitting');
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      while (!(await running.status()).summary.includes('a release')) await new Promise((done) => setImmediate(done));
      await running.handle.signal(WAKE_SIGNAL, { kind: 'turn' });
      await untilResolved(running);
    },
  },
  {
    name: 'already-healthy',
    script: admits({ status: 'queued', position: 1, text: 'busy' }),
    during: async (running) => {
      await until(running, 'admitting');
      await running.handle.signal(RESOLVED_SIGNAL, {});
    },
  },
  {
    name: 'already-healthy-at-the-fence',
    script: closedAt('resolved', 1),
  },
  {
    name: 'escalated-not-firing',
    script: {
      reads: () => ({
        source: { status: 'not_firing', source: 'prometheus', asked: 'ALERTS', text: 'no such series' },
      }),
    },
  },
  {
    name: 'escalated-holds-already',
    script: { reads: () => ({ objective: { status: 'met', text: '0.1 s' } }) },
  },
  {
    name: 'remediated-by-approval',
    script: approval(),
    during: async (running) => {
      await until(running, 'awaiting_approval');
      await running.handle.executeUpdate(APPROVE_UPDATE, { args: [vote] });
      await untilWatching(running);
      await running.handle.signal(RESOLVED_SIGNAL, {});
    },
  },
  {
    name: 'denied-by-a-human',
    script: approval(),
    during: async (running) => {
      await until(running, 'awaiting_approval');
      await running.handle.executeUpdate(REJECT_UPDATE, { args: [vote] });
    },
  },
  { name: 'expired', script: approval({ deadlineSeconds: 1 }) },
  {
    name: 'observed-for-want-of-evidence',
    script: {
      ...planned({ evidence }),
      gatherEvidence: () =>
        Promise.resolve({ confidence: 0.2, threshold: 0.7, enough: false, summary: 'confidence 0.2', signals: [] }),
    },
  },
  {
    name: 'escalated-for-a-human',
    script: {
      decide: () => Promise.resolve({ verdict: 'human', rule: 'etcd', reason: 'the disk', policyRevision: 'test' }),
    },
  },
  {
    name: 'remediated-with-a-lease',
    script: planned({ lease }),
    during: untilResolved,
  },
  {
    name: 'remediated-with-a-lease-paused',
    script: { ...planned({ lease }), ...closedAt('paused', 2) },
    during: untilResolved,
  },
  {
    name: 'remediated-with-a-lease-left-over',
    script: {
      ...planned({ lease }),
      reads: () => ({ planned: aPlannedChange({ baseline: 2 }, { replicas: 5 }) }),
    },
    during: untilResolved,
  },
  {
    name: 'escalated-with-a-step-not-judged',
    script: {
      ...planned({ lease }),
      observeEffect: ({ value }) =>
        value === 4
          ? Promise.reject(ApplicationFailure.nonRetryable('no Pod came up', 'EffectFailed'))
          : Promise.resolve({ text: 'ready', readings: [] }),
    },
    during: untilResolved,
  },
  {
    name: 'remediated-with-the-page-held',
    script: {
      ...planned({}, { holdsPage: true }),
      holdPage: () =>
        Promise.resolve({ held: true, silenceId: 'a', until: new Date(Date.now() + 3_600_000).toISOString() }),
    },
  },
  {
    name: 'undone',
    script: {},
    during: async (running) => {
      await untilWatching(running);
      await running.handle.executeUpdate(UNDO_UPDATE, { args: [{ by: 'ada', reason: 'wrong service' }] });
    },
  },
  {
    name: 'cancelled',
    script: {},
    during: async (running) => {
      await untilWatching(running);
      await running.handle.cancel();
    },
  },
];
