import { describe, expect, it } from 'vitest';
import { ageText } from '../../../src/domain/diagnosis/age-text.ts';
import { describeConsumers } from '../../../src/domain/diagnosis/describe-consumers.ts';
import { describeEvents, type DiagnosedEvent } from '../../../src/domain/diagnosis/describe-events.ts';
import { describeQuotas } from '../../../src/domain/diagnosis/describe-quotas.ts';
import { describeRollouts, type DiagnosedRevision } from '../../../src/domain/diagnosis/describe-rollouts.ts';
import { describeStatus } from '../../../src/domain/diagnosis/describe-status.ts';
import { forbiddenText } from '../../../src/domain/diagnosis/forbidden-text.ts';
import { subjectOfAlert } from '../../../src/domain/diagnosis/diagnosis-subject.ts';

const now = Date.parse('2026-11-24T12:00:00Z');

describe('describeEvents', () => {
  const event = (name: string, over: Partial<DiagnosedEvent> = {}): DiagnosedEvent => ({
    ...{ type: 'Warning', reason: 'FailedCreate', message: `pods "${name}-x1" is forbidden: exceeded quota` },
    ...{ involvedObject: { kind: 'ReplicaSet', name }, count: 3, lastTimestamp: '2026-11-24T11:59:00Z' },
    ...over,
  });

  it('tells the same of several objects once, warnings first', () => {
    const normal = event('cart-1', { type: 'Normal', reason: 'ScalingReplicaSet', message: 'scaled up', count: 1 });
    const { lines, findings } = describeEvents([normal, event('cart-1'), event('cart-2')], now);
    expect(lines).toEqual([
      'Warning FailedCreate x6, 1 min ago, ReplicaSet cart-2: pods "cart-2-x1" is forbidden: exceeded quota',
      'Normal ScalingReplicaSet, 1 min ago, ReplicaSet cart-1: scaled up',
    ]);
    expect(findings).toEqual(['Event FailedCreate x6: pods "cart-2-x1" is forbidden: exceeded quota']);
  });

  it('reads an Event of the newer kind, which has neither count nor last time', () => {
    const { lines } = describeEvents(
      [
        event('cart-1', {
          count: 0,
          series: { count: 5, lastObservedTime: '2026-11-24T11:00:00.000000Z' },
          lastTimestamp: null,
        }),
      ],
      now,
    );
    expect(lines[0]).toMatch(/^Warning FailedCreate x5, 1 h ago/);
  });
});

describe('describeRollouts', () => {
  const revision = (number: number, image: string, value: string): DiagnosedRevision => ({
    ...{ name: `cart-${number}`, number, createdAt: Date.parse('2026-11-24T11:48:00Z') },
    template: { spec: { containers: [{ name: 'main', image, env: [{ name: 'DATABASE_URL', value }] }] } },
  });

  it('names what changed, and no value of the environment', () => {
    const { lines, findings } = describeRollouts(
      [revision(2, 'cart:8', 'postgres://u:hunter2@db'), revision(1, 'cart:7', 'postgres://u:old@db')],
      'cart-2',
      now,
    );
    expect(lines[0]).toBe(
      'revision 2 (current, made 12 min ago): main: image cart:7 -> cart:8; main: env DATABASE_URL changed',
    );
    expect(lines[1]).toBe('revision 1 (made 12 min ago): the oldest that is known');
    expect(findings).toHaveLength(1);
    expect(JSON.stringify([lines, findings])).not.toMatch(/hunter2|postgres/);
  });

  it('finds nothing in a first rollout', () => {
    expect(describeRollouts([revision(1, 'cart:7', '')], 'cart-1', now).findings).toEqual([]);
  });
});

describe('describeStatus', () => {
  it('tells conditions with their reasons, and finds those that complain', () => {
    const { lines, findings } = describeStatus(
      {
        spec: { replicas: 3 },
        status: {
          readyReplicas: 1,
          conditions: [
            { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
            {
              ...{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' },
              lastTransitionTime: '2026-11-24T11:00:00Z',
            },
          ],
        },
      },
      now,
    );
    expect(lines[0]).toBe('replicas 3, readyReplicas 1');
    expect(findings).toEqual(['Progressing is False, since 1 h ago; ProgressDeadlineExceeded: timed out']);
  });
});

describe('describeQuotas', () => {
  it('begins with the fullest, and finds what is nearly full', () => {
    const { lines, findings } = describeQuotas([
      {
        metadata: { name: 'team' },
        status: { hard: { pods: '10', 'requests.memory': '4Gi' }, used: { pods: '10', 'requests.memory': '512Mi' } },
      },
    ]);
    expect(lines).toEqual(['team: 10 of 10 pods used', 'team: 512Mi of 4Gi requests.memory used']);
    expect(findings).toEqual(['Quota team: 10 of 10 pods used']);
  });
});

describe('describeConsumers', () => {
  it('names those that use most of either', () => {
    const usages = [
      { pod: 'a', cpu: 0.5, memory: 100 * 1024 ** 2 },
      { pod: 'b', cpu: 2, memory: 50 * 1024 ** 2 },
    ];
    expect(describeConsumers(usages, 'Prometheus').lines).toEqual([
      'CPU, by Prometheus: b 2.000 cores, a 0.500 cores',
      'memory, by Prometheus: a 100Mi, b 50Mi',
    ]);
  });

  it('has nothing to say of nothing', () => {
    expect(describeConsumers([], 'Prometheus').lines).toEqual([]);
  });
});

describe('forbiddenText', () => {
  it('names the verb that is lacking', () => {
    const message =
      'replicasets.apps is forbidden: User "system:serviceaccount:m:m" cannot list resource "replicasets" in API group "apps" in the namespace "shop"';
    expect(forbiddenText(message)).toBe('not permitted: list replicasets.apps');
    expect(
      forbiddenText(
        'pods "x" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "shop"',
      ),
    ).toBe('not permitted: get pods/log');
    expect(forbiddenText('exceeded quota')).toBeUndefined();
  });
});

describe('subjectOfAlert', () => {
  it.each([
    [{ namespace: 'shop', deployment: 'cart' }, 'Deployment', 'cart'],
    [{ namespace: 'shop', deployment: 'cart', pod: 'cart-1' }, 'Pod', 'cart-1'],
    [{ exported_namespace: 'shop', exported_pod: 'cart-1', namespace: 'monitoring', pod: 'ksm-0' }, 'Pod', 'cart-1'],
    [{ node: 'node-1' }, 'Node', 'node-1'],
    [{ namespace: 'shop' }, 'Namespace', 'shop'],
  ])('finds the object that %j names', (labels, kind, name) => {
    expect(subjectOfAlert(labels, 'default')).toMatchObject({ kind, name });
  });

  it.each([{}, { namespace: 'shop', pod: '../../secrets' }])('finds none in %j', (labels) => {
    expect(subjectOfAlert(labels, 'default')).toBeUndefined();
  });
});

describe('ageText', () => {
  it.each([
    ['2026-11-24T11:59:59Z', '1 s ago'],
    ['2026-11-24T11:00:00Z', '1 h ago'],
    ['2026-11-20T12:00:00Z', '4 d ago'],
    ['2026-11-24T12:00:05Z', '0 s ago'],
  ])('tells %s as %s', (at, text) => {
    expect(ageText(at, now)).toBe(text);
  });

  it('has no words for what is no moment', () => {
    expect(ageText(undefined, now)).toBeUndefined();
  });
});
