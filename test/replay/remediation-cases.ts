import { ApplicationFailure } from '@temporalio/activity';
import type { Activities } from '../../src/activities/index.ts';
import { APPROVE_UPDATE, REJECT_UPDATE, RESOLVED_SIGNAL, UNDO_UPDATE } from '../../src/contract/remediation.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { denied, report, snapshot } from '../workflow/fake-world.ts';
import type { Running } from '../workflow/run-remediation.ts';

/** One way of a remediation, and what happens to it on its way. */
export interface Case {
  readonly name: string;
  readonly script: Partial<Activities>;
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
/** One answer after the other, and nothing when they are over. */
const inTurn =
  <T>(answers: T[]) =>
  () =>
    Promise.resolve(answers.shift());

const leader = 'remediation/Other/0000000000000000/1';
const vote = { by: 'ada', roles: ['approver'], reason: 'looks right', via: 'cli' };

/** The plan asks for a human. */
const approval = (overrides: object = {}): Partial<Activities> => ({
  decide: () => Promise.resolve(aDecision(aPlan({ approval: overrides }))),
});
const planned = (overrides: Record<string, unknown>, decision: object = {}): Partial<Activities> => ({
  decide: () => Promise.resolve({ ...aDecision(aPlan(overrides)), ...decision }),
});
const evidence = {
  signals: [{ name: 'errors', source: { kind: 'prometheus', query: { expr: 'x' } } }],
  threshold: 0.7,
};
const lease = { load: { name: 'load', query: { expr: 'sum(rate(x[1m]))' } }, checkSeconds: 1 };

export const remediationCases: readonly Case[] = [
  {
    name: 'remediated',
    script: {},
    during: untilResolved,
  },
  { name: 'rolled-back', script: { verifyRemediation: () => Promise.resolve(bad) } },
  {
    name: 'escalated-left-alone',
    script: {
      verifyRemediation: () => Promise.resolve(bad),
      restoreScale: () => Promise.resolve({ status: 'left_alone', expected: 5, found: 7, by: 'kubectl' }),
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
      restoreScale: () => Promise.reject(ApplicationFailure.nonRetryable('refused', 'KubernetesForbidden')),
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
    script: { enterTarget: () => Promise.resolve({ status: 'refused', reason: 'cooldown', text: 'too soon' }) },
  },
  {
    name: 'joined',
    script: { enterTarget: () => Promise.resolve({ status: 'joined', leader }) },
    during: async (running) => {
      await until(running, 'joined');
      await running.handle.signal('guardLeaderEnded', { leader, outcome: 'remediated', text: 'cured' });
    },
  },
  {
    name: 'remediated-after-waiting',
    script: {
      enterTarget: () => Promise.resolve({ status: 'queued', position: 1, text: 'busy' }),
      enterCluster: () => Promise.resolve({ status: 'queued', position: 1, text: 'ten at once' }),
    },
    during: async (running) => {
      await until(running, 'passing_guards');
      await running.handle.signal('guardTurn', { status: 'granted' });
      await running.handle.signal('guardPaused', { paused: true, by: 'ada', reason: 'maintenance' });
      await running.handle.signal('clusterTurn', { status: 'granted' });
      await until(running, 'paused');
      await running.handle.signal('guardPaused', { paused: false, by: 'ada', reason: 'over' });
      await untilWatching(running);
      await running.handle.signal(RESOLVED_SIGNAL, {});
    },
  },
  {
    name: 'already-healthy',
    script: { enterTarget: () => Promise.resolve({ status: 'queued', position: 1, text: 'busy' }) },
    during: async (running) => {
      await until(running, 'passing_guards');
      await running.handle.signal(RESOLVED_SIGNAL, {});
    },
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
    script: { ...planned({ lease }), readPause: inTurn([{ by: 'ada', reason: 'a release' }]) },
    during: untilResolved,
  },
  {
    name: 'remediated-with-a-lease-left-over',
    script: {
      ...planned({ lease }),
      inspectTarget: () => Promise.resolve({ ...snapshot, value: 5, replicas: 5, readyReplicas: 5, leasedFrom: 2 }),
    },
    during: untilResolved,
  },
  {
    name: 'escalated-with-a-step-not-judged',
    script: {
      ...planned({ lease }),
      awaitReady: ({ replicas }) =>
        replicas === 4
          ? Promise.reject(ApplicationFailure.nonRetryable('no Pod came up', 'RolloutFailed'))
          : Promise.resolve({ readyReplicas: replicas, waitedMs: 1 }),
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
