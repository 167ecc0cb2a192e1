import { describe, expect, it } from 'vitest';
import type { PodRemovalSeen, PodWorkload } from '../../../src/domain/actions/pod-removal.ts';
import { deletePodAction } from '../../../src/domain/actions/delete_pod/delete-pod.ts';
import { describeDeletePod } from '../../../src/domain/actions/delete_pod/parameters.ts';
import type { PodFacts } from '../../../src/domain/actions/pod-facts.ts';
import { aPod, going, withoutController } from './pods.ts';

const target = { cluster: 'eu/1', namespace: 'shop', kind: 'Pod', name: 'api-1' };

function workload(facts: Partial<PodWorkload> = {}, kind = 'Deployment'): PodWorkload {
  return {
    target: { cluster: 'eu/1', namespace: 'shop', kind, name: 'api' },
    ...{ uid: 'uid-api', specHash: 'a1', wanted: 3, readyPeers: 2, labels: { team: 'checkout' } },
    ...facts,
  };
}

function plan(given: object = {}, seen: Partial<PodRemovalSeen> = {}) {
  const parameters = deletePodAction.parameters.parse(given);
  return deletePodAction.plan({
    target,
    parameters,
    seen: { target, pod: aPod(), workload: workload(), objects: [], ...seen },
  });
}

const broken = (facts: Partial<PodFacts> = {}): PodFacts => aPod('api-1', { isReady: false, ...facts });

describe('deleting a Pod, as planned', () => {
  it('says all that is needed of it: nothing else is worked out again', () => {
    expect(plan({}, { pod: broken({ restarts: 7 }) })).toEqual({
      ...{ action: 'delete_pod', version: 1, target, uid: 'uid-api-1', isDone: false, undo: 'none' },
      change: {
        workload: { kind: 'Deployment', namespace: 'shop', name: 'api', uid: 'uid-api', specHash: 'a1' },
        ...{ awaitedReady: 3, minReadyPeers: 1 },
      },
      title: 'delete Pod shop/api-1 of Deployment api',
      subject: { target: { cluster: 'eu/1', kind: 'Deployment', namespace: 'shop', name: 'api' }, pods: 3 },
      awaits: '3 ready Pods of Deployment shop/api without it',
      command: 'kubectl -n shop delete pod api-1',
      locks: ['eu/1/shop/Deployment/api'],
      labels: { team: 'checkout' },
      readings: [
        { name: 'Pod', text: 'Running, not ready, on node node-1' },
        { name: 'restarts', text: '7', value: 7 },
        { name: 'ready Pods', text: '2 of 3 of Deployment shop/api', value: 2 },
      ],
    });
  });

  it('waits for one ready Pod more than there are without it, and for none that is not wanted', () => {
    const awaited = (facts: Partial<PodWorkload>) => plan({}, { workload: workload(facts) }).change['awaitedReady'];
    expect(awaited({ wanted: 5, readyPeers: 2 })).toBe(3);
    expect(awaited({ wanted: 3, readyPeers: 2 })).toBe(3);
    // In the middle of a rollout there are more than are wanted.
    expect(awaited({ wanted: 3, readyPeers: 4 })).toBe(3);
  });

  it('gives it the time that the plan has, and none by force', () => {
    expect(plan({ gracePeriodSeconds: 5 })).toMatchObject({
      change: { graceSeconds: 5 },
      command: 'kubectl -n shop delete pod api-1 --grace-period=5',
    });
    expect(plan({ force: true })).toMatchObject({
      change: { graceSeconds: 0 },
      command: 'kubectl -n shop delete pod api-1 --grace-period=0 --force',
    });
  });

  it('is done where the Pod is going already, unless force makes one go that lingers', () => {
    const lingers = { pod: broken(going(30)) };
    expect(plan({}, lingers)).toMatchObject({ isDone: true });
    expect(plan({}, lingers).readings[0]).toMatchObject({
      text: 'Running, not ready, on node node-1, to be gone by 2026-01-01T00:00:30Z',
    });
    expect(plan({ force: true }, lingers)).toMatchObject({ isDone: false });
    expect(plan({ force: true }, { pod: broken(going(0)) })).toMatchObject({ isDone: true });
  });
});

describe('a Pod that must not be deleted', () => {
  const refused = (given: object, seen: Partial<PodRemovalSeen>) => {
    try {
      return plan(given, seen);
    } catch (error) {
      return error;
    }
  };

  const unsafe = 'DisruptionUnsafe';
  it.each<{ why: string; given?: object; seen?: Partial<PodRemovalSeen>; type: string; message: string }>([
    {
      why: 'is static',
      seen: { pod: aPod('api-1', { isMirror: true }) },
      type: 'TargetUnsupported',
      message: 'Pod shop/api-1 is static: a file on node node-1 makes it',
    },
    {
      why: 'would not come back',
      given: { minReadyPeers: 0 },
      seen: { pod: withoutController(aPod()) },
      type: unsafe,
      message: 'Pod shop/api-1 has no controller: it would not come back',
    },
    {
      why: 'would not come back, because none is wanted',
      seen: { pod: broken(), workload: workload({ wanted: 0, readyPeers: 0 }) },
      type: unsafe,
      message: 'Pod shop/api-1 of Deployment shop/api: is to have no Pods, so that none would come back',
    },
    {
      why: 'does for its node what no other does',
      seen: { workload: workload({}, 'DaemonSet') },
      type: unsafe,
      message: 'Pod shop/api-1 of DaemonSet shop/api: no other Pod does meanwhile what it does for its node',
    },
    {
      why: 'has an identity that two would share by force',
      given: { force: true },
      seen: { workload: workload({}, 'StatefulSet') },
      type: unsafe,
      message: 'Pod shop/api-1 of StatefulSet shop/api: by force, two Pods of one identity could run',
    },
    {
      why: 'is the last ready one',
      seen: { workload: workload({ readyPeers: 0 }) },
      type: unsafe,
      message: 'Pod shop/api-1 of Deployment shop/api: 0 other ready Pods would be left, and the plan wants 1',
    },
    {
      why: 'leaves too few',
      given: { minReadyPeers: 3 },
      type: unsafe,
      message: 'Pod shop/api-1 of Deployment shop/api: 2 other ready Pods would be left, and the plan wants 3',
    },
  ])('because it $why', ({ given = {}, seen = {}, type, message }) => {
    expect(refused(given, seen)).toMatchObject({ type, message });
  });

  it('because how many Pods its controller wants is not known', () => {
    const parameters = deletePodAction.parameters.parse({});
    const pod = aPod('api-1', { controller: { apiVersion: 'x.io/v1', kind: 'PodSet', name: 'kafka', uid: 'k' } });
    expect(() => deletePodAction.plan({ target, parameters, seen: { target, pod, objects: [] } })).toThrow(
      'how many Pods PodSet kafka of Pod shop/api-1 is to have is not known',
    );
  });

  it('is one that serves: a broken one is not missed, be it the last', () => {
    const alone = { workload: workload({ wanted: 1, readyPeers: 0 }) };
    expect(plan({}, { ...alone, pod: broken() })).toMatchObject({ isDone: false });
    expect(plan({ minReadyPeers: 0 }, alone)).toMatchObject({ isDone: false });
    expect(plan({ allowDaemonSet: true }, { workload: workload({}, 'DaemonSet') })).toMatchObject({ isDone: false });
  });
});

describe('the parameters', () => {
  it('are careful where the plan says nothing', () => {
    expect(deletePodAction.parameters.parse({})).toEqual({ force: false, minReadyPeers: 1, allowDaemonSet: false });
  });

  it.each([
    { gracePeriodSeconds: 0 },
    { gracePeriodSeconds: 1.5 },
    { minReadyPeers: -1 },
    { force: true, gracePeriodSeconds: 5 },
    { replicas: 3 },
  ])('are not %j', (given) => {
    expect(deletePodAction.parameters.safeParse(given).success).toBe(false);
  });

  it('are told to people', () => {
    const told = (given: object) => describeDeletePod(deletePodAction.parameters.parse(given));
    expect(told({})).toBe('leaving 1 or more ready');
    expect(told({ minReadyPeers: 0, gracePeriodSeconds: 9 })).toBe('even the last ready one, with 9 s to end');
    expect(told({ force: true })).toBe('leaving 1 or more ready, by force');
  });
});
