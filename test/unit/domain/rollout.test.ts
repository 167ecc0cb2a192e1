import { describe, expect, it } from 'vitest';
import {
  type Act,
  complaintsOf,
  judgeRollout,
  type RolloutState,
  servingReplicas,
} from '../../../src/domain/actions/rollout.ts';

type Status = NonNullable<RolloutState['status']>;
type Spec = NonNullable<RolloutState['spec']>;

/** A workload whose controller has seen its present generation; as in the API's JSON, zeros are left out. */
const state = (status: Status, spec: Spec = { replicas: 3 }): RolloutState => ({
  metadata: { generation: 2 },
  spec,
  status: { observedGeneration: 2, ...status },
});
const all: Status = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
const three = { replicas: 3, exact: true };
const ready = { status: 'ready', readyReplicas: 3 };
const unknownAct: Act = { complaints: [] };
const judge = (status: Status, spec?: Spec, act = unknownAct) => judgeRollout(state(status, spec), three, act);

describe('a workload', () => {
  it('is ready when the wanted number is ready and available', () => {
    expect(judge(all)).toEqual(ready);
  });

  it.each<[string, Status, string]>([
    ['not ready', { replicas: 3, updatedReplicas: 3 }, '0 of 3 ready'],
    ['ready and none available yet', { replicas: 3, updatedReplicas: 3, readyReplicas: 3 }, '0 of 3 ready'],
    [
      'more than wanted',
      { ...all, replicas: 4, updatedReplicas: 4, readyReplicas: 4, availableReplicas: 4 },
      '4 of 3 ready',
    ],
  ])('is waited for while its replicas are %s', (_what, status, detail) => {
    expect(judge(status)).toEqual({ status: 'progressing', detail });
  });

  it('is waited for until its controller has seen the change', () => {
    expect(judge({ ...all, observedGeneration: 1 })).toMatchObject({ status: 'progressing' });
    const unseen = { metadata: { generation: 1 }, spec: { replicas: 3 } };
    expect(judgeRollout(unseen, three, unknownAct)).toMatchObject({ status: 'progressing' });
  });

  it('was changed by another hand if another count is wanted of it', () => {
    expect(judge(all, { replicas: 7 })).toEqual({ status: 'changed', found: 7 });
  });

  it('may go beyond what is wanted where an autoscaler says how far', () => {
    const atLeast = { replicas: 2, exact: false };
    expect(judgeRollout(state(all), atLeast, unknownAct)).toEqual(ready);
    // It goes on upwards while the wanted number is there.
    expect(judgeRollout(state(all, { replicas: 9 }), atLeast, unknownAct)).toEqual(ready);
    expect(judgeRollout(state(all, { replicas: 9 }), { replicas: 4, exact: false }, unknownAct)).toMatchObject({
      status: 'progressing',
    });
  });
});

describe('replicas that are kept on an old template', () => {
  const serving: Status = { replicas: 3, readyReplicas: 3, availableReplicas: 3 };

  it.each<[string, Status, Spec]>([
    ['by a pause before the first new one', serving, { replicas: 3 }],
    ['by a pause in the middle', { ...serving, updatedReplicas: 1 }, { replicas: 3 }],
    ['by a partition', { ...serving, updatedReplicas: 2 }, { replicas: 3 }],
    [
      'beside a canary of a surge',
      { replicas: 4, updatedReplicas: 1, readyReplicas: 4, availableReplicas: 4 },
      { replicas: 3, strategy: { rollingUpdate: { maxSurge: 1 } } },
    ],
    [
      'beside a canary that is not ready itself',
      { replicas: 4, updatedReplicas: 1, readyReplicas: 3, availableReplicas: 3 },
      { replicas: 3, strategy: { rollingUpdate: { maxSurge: '25%' } } },
    ],
  ])('%s serve all the same', (_what, status, spec) => {
    expect(judge(status, spec)).toMatchObject({ status: 'ready' });
  });

  it('do not hide replicas that a step down has to wait for', () => {
    const many = { replicas: 6, updatedReplicas: 1, readyReplicas: 6, availableReplicas: 6 };
    expect(judge(many, { replicas: 3, strategy: { rollingUpdate: { maxSurge: '25%' } } })).toMatchObject({
      status: 'progressing',
    });
  });
});

it.each([
  ['all', { ...all, availableReplicas: 1 }, 3],
  ['too few', { ...all, readyReplicas: 2 }, undefined],
  ['too many', { ...all, replicas: 5, readyReplicas: 5 }, undefined],
  ['none that its controller knows of', { ...all, observedGeneration: 1 }, undefined],
])('tells how many serve that are not called available yet: %s', (_what, status, count) => {
  expect(servingReplicas(state(status), three)).toBe(count);
});

describe('what a controller complains of', () => {
  const short = { ...all, readyReplicas: 2 };
  const stuck = {
    ...{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' },
    lastUpdateTime: '2026-11-29T08:00:30Z',
  };
  const overQuota = {
    ...{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota: full' },
    lastTransitionTime: '2026-11-29T08:00:30Z',
  };
  const act = (time: string): Act => ({ at: Date.parse(time), complaints: [] });

  it.each([
    ['a deadline', stuck, 'ProgressDeadlineExceeded: timed out'],
    ['a quota', overQuota, 'exceeded quota: full'],
  ])('after the act is final: %s', (_what, condition, detail) => {
    const status = { ...short, conditions: [condition] };
    expect(judge(status, undefined, act('2026-11-29T08:00:29Z'))).toEqual({ status: 'failed', detail });
    // Both are told by the second.
    expect(judge(status, undefined, act('2026-11-29T08:00:30Z'))).toEqual({ status: 'failed', detail });
    expect(judge(status)).toEqual({ status: 'failed', detail });
  });

  it.each([
    ['a deadline', stuck],
    ['a quota', overQuota],
  ])('before the act says nothing about it: %s', (_what, condition) => {
    const status = { ...short, conditions: [condition] };
    expect(judge(status, undefined, act('2026-11-29T08:00:31Z'))).toMatchObject({ status: 'progressing' });
    // Seen before, in the very second of the act.
    const seen = { ...act('2026-11-29T08:00:30Z'), complaints: complaintsOf({ status }) };
    expect(judge(status, undefined, seen)).toMatchObject({ status: 'progressing' });
    const again = { ...condition, lastUpdateTime: '2026-11-29T08:00:45Z' };
    expect(judge({ ...short, conditions: [again] }, undefined, seen)).toMatchObject({ status: 'failed' });
  });

  it('is older than the act until it has seen the change, whatever its clock says', () => {
    const status = { ...short, observedGeneration: 1, conditions: [stuck] };
    expect(judge(status, undefined, act('2026-11-29T08:00:30Z'))).toMatchObject({ status: 'progressing' });
  });

  it('is no reason to fail what is ready', () => {
    expect(judge({ ...all, conditions: [stuck, overQuota] })).toEqual(ready);
  });

  it('is told while it may pass', () => {
    const away = { type: 'ReplicaFailure', status: 'True', message: 'webhook away' };
    expect(judge({ ...short, conditions: [away] })).toEqual({
      status: 'progressing',
      detail: '2 of 3 ready; webhook away',
    });
  });

  it('is not what it says of success', () => {
    const conditions = [
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      { type: 'ReplicaFailure', status: 'False', message: 'exceeded quota: full' },
      { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' },
    ];
    expect(judge({ ...short, conditions })).toEqual({ status: 'progressing', detail: '2 of 3 ready' });
    expect(complaintsOf({ status: { conditions } })).toEqual([]);
  });
});

describe('a ReplicaSet, which reports no updated replicas', () => {
  it('is waited for while replicas are left that it should not have', () => {
    expect(judge({ replicas: 3, readyReplicas: 3, availableReplicas: 3 })).toEqual(ready);
    expect(judge({ replicas: 5, readyReplicas: 3, availableReplicas: 3 })).toMatchObject({ status: 'progressing' });
  });
});

it('takes zero replicas for ready when none is left', () => {
  const none = { replicas: 0, exact: true };
  expect(judgeRollout(state({}, { replicas: 0 }), none, unknownAct)).toEqual({ status: 'ready', readyReplicas: 0 });
  const last = state({ replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }, { replicas: 0 });
  expect(judgeRollout(last, none, unknownAct)).toMatchObject({ status: 'progressing' });
});
