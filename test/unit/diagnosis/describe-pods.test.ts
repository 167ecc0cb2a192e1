import { describe, expect, it } from 'vitest';
import { type DiagnosedPod, describePods, failingContainers } from '../../../src/domain/diagnosis/describe-pods.ts';

const now = Date.parse('2026-11-24T12:00:00Z');

const pod = (name: string, status: DiagnosedPod['status'] = {}): DiagnosedPod => ({
  metadata: { name, namespace: 'shop', creationTimestamp: '2026-11-24T11:48:00Z' },
  spec: { nodeName: 'node-1' },
  status: { phase: 'Running', ...status },
});

const looping = (name: string, restartCount = 7) =>
  pod(name, {
    containerStatuses: [
      {
        ...{ name: 'main', ready: false, restartCount },
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
        lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
      },
    ],
  });

const healthy = pod('cart-ok', { containerStatuses: [{ name: 'main', ready: true, state: { running: {} } }] });

describe('describePods', () => {
  it('tells first what most Pods suffer from, and how many', () => {
    const { findings, lines } = describePods([healthy, looping('cart-a'), looping('cart-b')], now);
    expect(findings).toEqual([
      '2 of 3 Pods: container main waits: CrashLoopBackOff, the last run ended with OOMKilled (exit code 137)',
    ]);
    expect(lines[0]).toContain('cart-a: Running; 0/1 ready; 7 restarts; on node-1; made 12 min ago');
    expect(lines[2]).toBe('cart-ok: Running; 1/1 ready; on node-1; made 12 min ago');
  });

  it('tells why a Pod is not scheduled, and why an image is not pulled', () => {
    const unscheduled = pod('cart-a', {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
    });
    const unpulled = pod('cart-b', {
      phase: 'Pending',
      containerStatuses: [
        { name: 'main', ready: false, state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } },
      ],
    });
    expect(describePods([unscheduled, unpulled], now).findings).toEqual([
      '1 of 2 Pods: cannot be scheduled: 0/3 nodes are available',
      '1 of 2 Pods: container main waits: ErrImagePull (not found)',
    ]);
  });

  it('says that there is no Pod', () => {
    expect(describePods([], now).findings).toEqual(['There is no Pod']);
  });

  it('names no more Pods than a reader can use', () => {
    const { lines } = describePods(
      Array.from({ length: 40 }, (_, index) => looping(`cart-${index}`)),
      now,
    );
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toBe('28 more Pods');
  });
});

describe('failingContainers', () => {
  it('begins with those that have ended, and asks for the run before', () => {
    const once = pod('cart-c', {
      containerStatuses: [{ name: 'main', ready: true, restartCount: 1, state: { running: {} } }],
    });
    expect(failingContainers([healthy, once, looping('cart-a')])).toEqual([
      { pod: 'cart-a', namespace: 'shop', container: 'main', hasPrevious: true },
      { pod: 'cart-c', namespace: 'shop', container: 'main', hasPrevious: true },
    ]);
  });

  it('leaves out one that has never run', () => {
    const waiting = pod('cart-a', {
      containerStatuses: [{ name: 'main', ready: false, state: { waiting: { reason: 'ErrImagePull' } } }],
    });
    expect(failingContainers([waiting])).toEqual([]);
  });
});
