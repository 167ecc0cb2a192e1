import { describe, expect, it } from 'vitest';
import { type ObjectCondition, objectConditionSchema } from '../../../src/domain/plan/object-condition.ts';
import { describeCondition } from '../../../src/domain/verification/check-names.ts';
import type { ConditionObject, ConditionSeen } from '../../../src/domain/verification/condition-object.ts';
import { judgeCondition } from '../../../src/domain/verification/judge-condition.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();

const condition = (kind: string, more: object = {}): ObjectCondition => objectConditionSchema.parse({ kind, ...more });

function judged(
  wanted: ObjectCondition,
  kind: string,
  object: ConditionObject | undefined,
  more: Partial<ConditionSeen> & { wants?: object } = {},
) {
  const { wants = {}, ...seen } = more;
  return judgeCondition(
    wanted,
    { kind, name: `${kind} shop/it`, ...(object === undefined ? {} : { object }), ...seen },
    { wants, now },
  );
}
const statusOf = (...given: Parameters<typeof judged>) => judged(...given).status;

const workload = (status: object, spec: object = {}): ConditionObject => ({
  metadata: { generation: 4 },
  spec: { replicas: 3, ...spec },
  status: { observedGeneration: 4, ...status },
});
const done = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };

describe('a rollout', () => {
  const wanted = condition('rollout_complete');
  it.each<[string, string, ConditionObject, string]>([
    ['is complete', 'Deployment', workload(done), 'holds'],
    ['has not been seen by its controller', 'Deployment', workload({ ...done, observedGeneration: 3 }), 'fails'],
    ['has Pods of the old template left', 'Deployment', workload({ ...done, replicas: 4 }), 'fails'],
    ['has Pods that are not available', 'Deployment', workload({ ...done, availableReplicas: 2 }), 'fails'],
    ['has Pods to update', 'StatefulSet', workload({ ...done, updatedReplicas: 2 }), 'fails'],
    [
      'keeps some on purpose',
      'StatefulSet',
      workload({ ...done, updatedReplicas: 1 }, { updateStrategy: { rollingUpdate: { partition: 2 } } }),
      'holds',
    ],
    [
      'of a DaemonSet is complete',
      'DaemonSet',
      workload({ desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 }),
      'holds',
    ],
    [
      'of a DaemonSet is not',
      'DaemonSet',
      workload({ desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2 }),
      'fails',
    ],
    ['of Argo is healthy', 'Rollout', workload({ ...done, observedGeneration: '4', phase: 'Healthy' }), 'holds'],
    ['of Argo is paused', 'Rollout', workload({ ...done, observedGeneration: '4', phase: 'Paused' }), 'fails'],
    ['is asked of a Pod', 'Pod', {}, 'unknown'],
  ])('%s', (_what, kind, object, status) => {
    expect(statusOf(wanted, kind, object)).toBe(status);
  });

  it('says what is missing, and of what is not there that it is not', () => {
    expect(judged(wanted, 'Deployment', workload({ ...done, updatedReplicas: 1 })).text).toBe(
      'Deployment shop/it: 1 of 3 updated, 3 available',
    );
    expect(judged(wanted, 'Deployment', undefined)).toEqual({
      status: 'fails',
      text: 'there is no Deployment shop/it',
    });
  });
});

describe('ready', () => {
  const wanted = condition('ready');
  it('counts what the action wants, where that is more than is asked of the object', () => {
    expect(statusOf(wanted, 'Deployment', workload(done))).toBe('holds');
    expect(judged(wanted, 'Deployment', workload(done), { wants: { pods: 5 } })).toEqual({
      status: 'fails',
      text: 'Deployment shop/it: 3 of 5 ready',
    });
  });

  it('of a Pod and of a node', () => {
    const conditions = [{ type: 'Ready', status: 'True' }];
    expect(statusOf(wanted, 'Pod', { status: { conditions } })).toBe('holds');
    expect(statusOf(wanted, 'Pod', { metadata: { deletionTimestamp: ago(1) }, status: { conditions } })).toBe('fails');
    expect(statusOf(wanted, 'Node', { status: { conditions } })).toBe('holds');
    const taints = [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }];
    expect(statusOf(wanted, 'Node', { spec: { taints }, status: { conditions } })).toBe('fails');
    const cordon = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
    expect(statusOf(wanted, 'Node', { spec: { taints: cordon }, status: { conditions } })).toBe('holds');
  });
});

describe('no restarts', () => {
  const wanted = condition('no_restarts', { forSeconds: 60 });
  const pod = (state: object, more: object = {}): ConditionObject => ({
    metadata: { name: 'it-1', ...more },
    status: { phase: 'Running', containerStatuses: [{ name: 'main', restartCount: 7, state }] },
  });
  const running = (seconds: number) => ({ running: { startedAt: ago(seconds) } });

  it.each<[string, readonly ConditionObject[], string, string]>([
    ['long enough', [pod(running(60))], 'holds', 'no container restart for 60 s'],
    ['not long enough', [pod(running(90)), pod(running(59))], 'fails', 'has run for 59 s, after 7 restarts'],
    ['waits', [pod({ waiting: { reason: 'CrashLoopBackOff' } })], 'fails', 'waits: CrashLoopBackOff, after 7 restarts'],
    ['has ended', [pod({ terminated: { reason: 'OOMKilled', exitCode: 137 } })], 'fails', 'has ended: OOMKilled'],
    ['has not begun', [{ metadata: { name: 'it-1' }, status: { phase: 'Pending' } }], 'fails', 'has not started'],
    ['is there but going', [pod(running(90), { deletionTimestamp: ago(1) })], 'fails', 'has no Pod that runs'],
    ['says nothing of its start', [pod({ running: {} })], 'fails', 'does not say since when it runs'],
    ['a clock that is ahead', [pod(running(-30))], 'fails', 'has run for 0 s'],
  ])('%s', (_what, pods, status, text) => {
    const found = judged(wanted, 'Deployment', workload(done), { pods });
    expect(found.status).toBe(status);
    expect(found.text).toContain(text);
  });
});

describe('the other conditions', () => {
  it.each<[string, ObjectCondition, string, ConditionObject, Partial<ConditionSeen> & { wants?: object }, string]>([
    [
      'a Job',
      condition('job_complete'),
      'Job',
      { status: { conditions: [{ type: 'Complete', status: 'True' }] } },
      {},
      'holds',
    ],
    [
      'a failed Job',
      condition('job_complete'),
      'Job',
      { status: { conditions: [{ type: 'Failed', status: 'True' }] } },
      {},
      'fails',
    ],
    ['a Pod on a node', condition('pod_scheduled'), 'Pod', { spec: { nodeName: 'n1' } }, {}, 'holds'],
    ['a Pod on none', condition('pod_scheduled'), 'Pod', {}, {}, 'fails'],
    ['a claim', condition('claim_bound'), 'PersistentVolumeClaim', claim('10Gi', '10Gi'), {}, 'holds'],
    [
      'a claim that has not grown',
      condition('claim_bound'),
      'PersistentVolumeClaim',
      claim('20Gi', '10Gi'),
      {},
      'fails',
    ],
    [
      'a claim that is to grow',
      condition('claim_bound'),
      'PersistentVolumeClaim',
      claim('10Gi', '10Gi'),
      { wants: { storageBytes: 20 * 1024 ** 3 } },
      'fails',
    ],
    ['a lost claim', condition('claim_bound'), 'PersistentVolumeClaim', { status: { phase: 'Lost' } }, {}, 'fails'],
    ['an empty node', condition('node_empty'), 'Node', {}, { pods: [daemon, finished] }, 'holds'],
    [
      'a node with a Pod',
      condition('node_empty'),
      'Node',
      {},
      { pods: [daemon, { metadata: { name: 'x' } }] },
      'fails',
    ],
    ['a condition', condition('condition', { type: 'Paused' }), 'Job', paused(3), {}, 'holds'],
    ['another reason', condition('condition', { type: 'Paused', reason: 'Other' }), 'Job', paused(3), {}, 'fails'],
    ['an old condition', condition('condition', { type: 'Paused' }), 'Job', paused(2), {}, 'fails'],
    ['a condition that is not there', condition('condition', { type: 'Ready' }), 'Job', paused(3), {}, 'fails'],
  ])('%s', (_what, wanted, kind, object, more, status) => {
    expect(statusOf(wanted, kind, object, more)).toBe(status);
  });

  it('are named for people', () => {
    expect(describeCondition(condition('job_complete', { of: { kind: 'Job', name: 'migrate' } }))).toBe(
      'Job migrate: Job complete',
    );
  });
});

function claim(asked: string, has: string): ConditionObject {
  return {
    spec: { resources: { requests: { storage: asked } } },
    status: { phase: 'Bound', capacity: { storage: has } },
  };
}

const daemon: ConditionObject = { metadata: { ownerReferences: [{ kind: 'DaemonSet', controller: true }] } };
const finished: ConditionObject = { status: { phase: 'Succeeded' } };

function paused(observedGeneration: number): ConditionObject {
  const one = { type: 'Paused', status: 'True', reason: 'ByHand', observedGeneration };
  return { metadata: { generation: 3 }, status: { conditions: [one] } };
}
