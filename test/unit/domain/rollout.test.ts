import { describe, expect, it } from 'vitest';
import { judgeRollout, type RolloutState } from '../../../src/domain/actions/rollout.ts';

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

describe('a Deployment', () => {
  const judge = (status: Status, spec?: Spec) => judgeRollout('Deployment', state(status, spec), three);

  it('is ready when all replicas are updated, ready and available', () => {
    expect(judge(all)).toEqual(ready);
  });

  it.each<[string, Status, string]>([
    ['not ready', { replicas: 3, updatedReplicas: 3 }, '0 of 3 ready'],
    ['ready and none available yet', { replicas: 3, updatedReplicas: 3, readyReplicas: 3 }, '0 of 3 ready'],
    ['of the old template', { replicas: 3, readyReplicas: 3, availableReplicas: 3 }, '3 of 3 ready'],
    ['partly of the old template', { ...all, updatedReplicas: 1 }, '3 of 3 ready'],
    ['more than wanted', { ...all, replicas: 4, readyReplicas: 4, availableReplicas: 4 }, '4 of 3 ready'],
  ])('is waited for while its replicas are %s', (_what, status, detail) => {
    expect(judge(status)).toEqual({ status: 'progressing', detail });
  });

  it('is waited for until its controller has seen the change', () => {
    expect(judge({ ...all, observedGeneration: 1 })).toMatchObject({ status: 'progressing' });
    expect(judgeRollout('Deployment', { metadata: { generation: 1 }, spec: { replicas: 3 } }, three)).toMatchObject({
      status: 'progressing',
    });
  });

  it('was changed by somebody else if another count is wanted of it', () => {
    expect(judge(all, { replicas: 7 })).toEqual({ status: 'changed', found: 7 });
  });

  it('may go beyond what is wanted where an autoscaler says how far', () => {
    const atLeast = { replicas: 2, exact: false };
    expect(judgeRollout('Deployment', state(all), atLeast)).toEqual(ready);
    expect(judgeRollout('Deployment', state(all, { replicas: 4 }), atLeast)).toMatchObject({ status: 'progressing' });
  });

  it('has failed once its deadline or its quota is exceeded, and not by another refusal', () => {
    const failed = (condition: { type: string; status: string; reason?: string; message?: string }) =>
      judge({ ...all, readyReplicas: 2, conditions: [condition] });
    expect(
      failed({ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' }),
    ).toEqual({ status: 'failed', detail: 'ProgressDeadlineExceeded: timed out' });
    expect(failed({ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: full' })).toEqual({
      status: 'failed',
      detail: 'exceeded quota: full',
    });
    expect(failed({ type: 'ReplicaFailure', status: 'True', message: 'webhook away' })).toEqual({
      status: 'progressing',
      detail: '2 of 3 ready; webhook away',
    });
  });
});

describe('a StatefulSet', () => {
  const judge = (status: Status, updateStrategy: Spec['updateStrategy']) =>
    judgeRollout('StatefulSet', state(status, { replicas: 3, ...(updateStrategy && { updateStrategy }) }), three);
  const behind: Status = { replicas: 3, readyReplicas: 3, availableReplicas: 3 };
  const rolling = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };

  it('that rolls is ready when all replicas are updated, too', () => {
    expect(judge(all, rolling)).toEqual(ready);
    expect(judge(all, undefined)).toEqual(ready);
    expect(judge(behind, rolling)).toMatchObject({ status: 'progressing' });
    expect(judge({ ...behind, updatedReplicas: 2 }, undefined)).toMatchObject({ status: 'progressing' });
  });

  it.each<[string, Spec['updateStrategy']]>([
    ['with a partition', { type: 'RollingUpdate', rollingUpdate: { partition: 2 } }],
    ['that is updated on deletion', { type: 'OnDelete' }],
  ])('%s is ready by its ready replicas: some stay as they were', (_what, strategy) => {
    expect(judge(behind, strategy)).toEqual(ready);
    expect(judge({ ...behind, updatedReplicas: 1 }, strategy)).toEqual(ready);
    expect(judge({ ...behind, readyReplicas: 2, availableReplicas: 2 }, strategy)).toEqual({
      status: 'progressing',
      detail: '2 of 3 ready',
    });
    expect(judge({ ...behind, observedGeneration: 1 }, strategy)).toMatchObject({ status: 'progressing' });
  });
});

describe('a ReplicaSet', () => {
  const judge = (status: Status) => judgeRollout('ReplicaSet', state(status), three);

  it('has no updated replicas: those it has count', () => {
    expect(judge({ replicas: 3, readyReplicas: 3, availableReplicas: 3 })).toEqual(ready);
    expect(judge({ replicas: 3, readyReplicas: 2, availableReplicas: 2 })).toMatchObject({ status: 'progressing' });
  });

  it('is waited for while replicas are left that it should not have', () => {
    expect(judge({ replicas: 5, readyReplicas: 3, availableReplicas: 3 })).toMatchObject({ status: 'progressing' });
  });
});

describe('zero replicas', () => {
  const none = { replicas: 0, exact: true };

  it.each(['Deployment', 'StatefulSet', 'ReplicaSet'] as const)('of a %s are ready when none is left', (kind) => {
    expect(judgeRollout(kind, state({}, { replicas: 0 }), none)).toEqual({ status: 'ready', readyReplicas: 0 });
    const last = state({ replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }, { replicas: 0 });
    expect(judgeRollout(kind, last, none)).toMatchObject({ status: 'progressing' });
  });
});
