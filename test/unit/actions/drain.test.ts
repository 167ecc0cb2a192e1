import { describe, expect, it } from 'vitest';
import type { DrainSeen, EvictionRules } from '../../../src/domain/actions/drain/change.ts';
import { drainAction } from '../../../src/domain/actions/drain/drain.ts';
import { namePods, podsToEvict } from '../../../src/domain/actions/drain/judge-pods.ts';
import { requireNodes } from '../../../src/domain/actions/judge-pool.ts';
import { type NodeFacts, nodeFacts, poolOf } from '../../../src/domain/actions/node-facts.ts';
import { describeDrain } from '../../../src/domain/actions/drain/parameters.ts';
import type { PodFacts } from '../../../src/domain/actions/pod-facts.ts';
import { aPod, going, withoutController } from './pods.ts';

const target = { cluster: 'default', namespace: '', kind: 'Node', name: 'node-1' };

function aNode(name = 'node-1', facts: Partial<NodeFacts> = {}): NodeFacts {
  return {
    ...{ name, uid: `uid-${name}`, isReady: true, isCordoned: false, isControlPlane: false, isTroubled: false },
    ...{ reservedFor: [], taints: [], labels: { zone: 'a' } },
    ...facts,
  };
}

function plan(given: object = {}, seen: Partial<DrainSeen> = {}) {
  const parameters = drainAction.parameters.parse(given);
  const all = {
    target,
    node: aNode(),
    pool: { size: 3, ready: 2 },
    pods: [aPod()],
    cordonedBy: [],
    objects: [],
    ...seen,
  };
  return drainAction.plan({ target, parameters, seen: all });
}

const ofDaemonSet = (name: string): PodFacts =>
  aPod(name, { controller: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'd' } });

describe('draining, as planned', () => {
  it('says all that is needed of it', () => {
    const pods = [aPod('a'), aPod('b'), ofDaemonSet('agent-x')];
    expect(plan({}, { pods, heldBy: 'remediation/x' })).toEqual({
      ...{ action: 'drain', version: 1, target, uid: 'uid-node-1', isDone: false, undo: 'exact', locks: [] },
      change: {
        wasCordoned: false,
        rules: { force: false, deleteEmptyDirData: false, maxPods: 110 },
        pool: { minReadyNodes: 1, minReadyShare: 0.5 },
      },
      title: 'drain Node node-1 of 2 Pods',
      awaits: 'no Pods on Node node-1 but those that belong to it',
      manualUndo: 'kubectl uncordon node-1',
      command: 'kubectl drain node-1 --ignore-daemonsets',
      moves: { name: 'Pods to evict', before: 2, after: 0 },
      readings: [
        { name: 'node', text: 'ready' },
        { name: 'Pods', text: '2 to evict, 1 that stay', value: 2 },
        { name: 'other nodes', text: '2 of 2 ready for its Pods', value: 2 },
      ],
      heldBy: 'remediation/x',
      labels: { zone: 'a' },
    });
  });

  it('is what a human would type', () => {
    const all = { gracePeriodSeconds: 5, deleteEmptyDirData: true, force: true, skipWaitForDeleteSeconds: 60 };
    expect(plan(all)).toMatchObject({
      title: 'drain Node node-1 of 1 Pod',
      command:
        'kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --grace-period=5 --skip-wait-for-delete-timeout=60',
      change: { graceSeconds: 5, skipWaitForDeleteSeconds: 60 },
    });
  });

  it('is done where the node is cordoned and has no Pods to evict, however few others are ready', () => {
    const seen = { node: aNode('node-1', { isCordoned: true }), pods: [ofDaemonSet('x')], pool: { size: 3, ready: 0 } };
    const planned = plan({}, seen);
    expect(planned).toMatchObject({ isDone: true, change: { wasCordoned: true } });
    expect(planned).not.toHaveProperty('manualUndo');
    expect(() => plan({}, { ...seen, pods: [aPod()] })).toThrow('0 other nodes are ready, and the plan wants 1');
    expect(plan({}, { pods: [] })).toMatchObject({ isDone: false });
  });

  it('spares the control plane, whatever the plan says', () => {
    const seen = { node: aNode('node-1', { isControlPlane: true }) };
    expect(() => plan({}, seen)).toThrow('Node node-1 is of the control plane');
    expect(() => drainAction.parameters.parse({ allowControlPlane: true })).toThrow();
  });
});

describe('the Pods to evict', () => {
  const rules: EvictionRules = { force: false, deleteEmptyDirData: false, maxPods: 110 };
  const evicted = (pods: PodFacts[], given: Partial<EvictionRules> = {}) =>
    podsToEvict(pods, { ...rules, ...given }).map(({ name }) => name);

  it('are all but those that their node would have back at once', () => {
    const mirror = withoutController(aPod('static', { isMirror: true, hasLocalData: true }));
    expect(evicted([aPod('a'), mirror, ofDaemonSet('agent-x'), aPod('b')])).toEqual(['a', 'b']);
  });

  it('are refused where one would not come back, or lose data', () => {
    const alone = withoutController(aPod('alone'));
    const scratch = aPod('scratch', { hasLocalData: true });
    expect(() => evicted([alone, scratch])).toThrow(
      'Pods without a controller: shop/alone; Pods with data in an emptyDir: shop/scratch',
    );
    expect(() => evicted([alone, scratch], { force: true })).toThrow('Pods with data in an emptyDir: shop/scratch');
    expect(() => evicted([alone, scratch], { deleteEmptyDirData: true })).toThrow(
      'Pods without a controller: shop/alone',
    );
    expect(evicted([alone, scratch], { force: true, deleteEmptyDirData: true })).toEqual(['alone', 'scratch']);
  });

  it('are not refused for those that have ended, or were told to go by another hand', () => {
    const ended = withoutController(aPod('ended', { isFinished: true, hasLocalData: true }));
    const leaving = withoutController(aPod('leaving', { hasLocalData: true, ...going() }));
    expect(evicted([ended, leaving])).toEqual(['ended', 'leaving']);
  });

  it('are not more than the plan allows', () => {
    expect(evicted([aPod('a'), aPod('b')], { maxPods: 2 })).toHaveLength(2);
    expect(() => evicted([aPod('a'), aPod('b')], { maxPods: 1 })).toThrow('2 Pods to evict, and the plan allows 1');
  });

  it('are named, as far as people read', () => {
    expect(namePods([aPod('a'), aPod('b')])).toBe('shop/a, shop/b');
    expect(namePods(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => aPod(name)))).toBe(
      'shop/a, shop/b, shop/c, shop/d, shop/e and 2 more',
    );
  });
});

describe('the facts of a node', () => {
  const taint = (key: string, effect = 'NoSchedule', value?: string) => ({
    key,
    effect,
    ...(value === undefined ? {} : { value }),
  });

  it('tell its state from what people have reserved it for', () => {
    const facts = nodeFacts(
      {
        metadata: { name: 'node-1', uid: 'u', labels: { 'node-role.kubernetes.io/master': '' } },
        spec: {
          unschedulable: true,
          taints: [
            taint('node.kubernetes.io/unschedulable'),
            taint('gpu', 'NoExecute', 'a100'),
            taint('soft', 'PreferNoSchedule'),
          ],
        },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      },
      0,
    );
    expect(facts).toMatchObject({
      ...{ name: 'node-1', uid: 'u', isReady: true, isCordoned: true, isControlPlane: true, isTroubled: false },
      reservedFor: ['gpu=a100:NoExecute'],
    });
    expect(nodeFacts({ spec: { taints: [taint('node.kubernetes.io/not-ready', 'NoExecute')] } }, 0)).toMatchObject({
      ...{ name: '', isReady: false, isCordoned: false, isControlPlane: false, isTroubled: true, reservedFor: [] },
    });
  });

  it('are old where the node has not been heard of for long, whatever its conditions say', () => {
    const lastHeartbeatTime = '2026-01-01T00:00:00Z';
    const at = Date.parse(lastHeartbeatTime);
    const isReady = (minutes: number) =>
      nodeFacts(
        { status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime }] } },
        at + minutes * 60_000,
      ).isReady;
    expect([0, 6, 14, 16].map(isReady)).toEqual([true, true, true, false]);
  });

  it('tell a taint of trouble from one of purpose', () => {
    const facts = nodeFacts({ spec: { taints: [taint('mendloop.dev/unhealthy')] } }, 0);
    expect(facts).toMatchObject({ isTroubled: true, reservedFor: [] });
  });

  it('tell which others are for the same Pods, and ready for them', () => {
    const node = aNode('node-1', { reservedFor: ['gpu=:NoSchedule'] });
    const gpu = (name: string, facts: Partial<NodeFacts> = {}) =>
      aNode(name, { reservedFor: ['gpu=:NoSchedule'], ...facts });
    const all = [
      ...[node, gpu('a'), gpu('b', { isReady: false }), gpu('c', { isCordoned: true }), gpu('d', { isTroubled: true })],
      ...[aNode('open'), gpu('more', { reservedFor: ['gpu=:NoSchedule', 'db=:NoSchedule'] })],
    ];
    expect(poolOf(node, all)).toEqual({ size: 5, ready: 1 });
    expect(poolOf(aNode('open'), all)).toEqual({ size: 1, ready: 0 });
  });
});

describe('the nodes that must be left', () => {
  const rules = { minReadyNodes: 1, minReadyShare: 0.5 };

  it.each([
    [2, 1],
    [3, 2],
    [4, 2],
  ])('of %i are %i', (size, ready) => {
    expect(() => requireNodes({ size, ready }, rules)).not.toThrow();
  });

  it.each([
    [1, 0, '0 other nodes are ready, and the plan wants 1'],
    [3, 1, '1 of 3 nodes would be ready without it, and the plan wants a share of 0.5'],
  ])('of %i are more than %i', (size, ready, message) => {
    expect(() => requireNodes({ size, ready }, rules)).toThrow(message);
  });
});

describe('the parameters', () => {
  it('are careful where the plan says nothing', () => {
    expect(drainAction.parameters.parse({})).toEqual({
      ...{ deleteEmptyDirData: false, force: false, maxPods: 110, minReadyNodes: 1, minReadyShare: 0.5 },
    });
  });

  it.each([{ maxPods: 0 }, { maxPods: 501 }, { minReadyShare: 1.1 }, { gracePeriodSeconds: 0 }, { replicas: 3 }])(
    'are not %j',
    (given) => {
      expect(drainAction.parameters.safeParse(given).success).toBe(false);
    },
  );

  it('are told to people', () => {
    const told = (given: object) => describeDrain(drainAction.parameters.parse(given));
    expect(told({})).toBe('of at most 110 Pods');
    expect(told({ force: true, deleteEmptyDirData: true })).toBe(
      'of at most 110 Pods, Pods without a controller and data in emptyDir volumes included',
    );
  });
});
