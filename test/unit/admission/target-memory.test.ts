import { describe, expect, it } from 'vitest';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import { aClause, asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const target = 'default/shop/Deployment/api';
const api = (id: string, more: Partial<AdmitRequest> = {}) => asking(id, { target, ...more });
const granted = { status: 'granted' };

describe('the cooldown', () => {
  const once = (cluster: MemoryCluster, id: string, seconds: number, more: Parameters<typeof leaving>[1] = {}) => {
    expect(cluster.admit(api(id))).toMatchObject(granted);
    cluster.seconds = seconds;
    cluster.leave(leaving(id, more));
  };

  it('follows a change, by action, for the longer of both clauses', () => {
    const cluster = new MemoryCluster();
    once(cluster, 'a', 100);
    cluster.seconds = 399;
    const ask = (id: string, cooldownSeconds: number, action = 'scale') =>
      cluster.admit(api(id, { action, clause: aClause({ cooldownSeconds }) }));
    expect(ask('b', 300)).toMatchObject({ reason: 'cooldown', until: cluster.at(400) });
    expect(ask('c', 60)).toMatchObject({ until: cluster.at(400) });
    expect(ask('d', 600)).toMatchObject({ until: cluster.at(700) });
    expect(ask('e', 300, 'restart')).toMatchObject(granted);
    cluster.leave(leaving('e', { acted: false }));
    cluster.seconds = 400;
    expect(ask('f', 300)).toMatchObject(granted);
  });

  it('counts from the change where the holder says when that was', () => {
    const cluster = new MemoryCluster();
    once(cluster, 'a', 200, { actedAt: cluster.at(50) });
    cluster.seconds = 340;
    expect(cluster.admit(api('b'))).toMatchObject({ until: cluster.at(350) });
  });

  it('does not follow what changed nothing', () => {
    const cluster = new MemoryCluster();
    once(cluster, 'a', 1, { outcome: 'denied', acted: false });
    expect(cluster.admit(api('b'))).toMatchObject(granted);
  });
});

describe('the breaker', () => {
  const clause = aClause({
    ...{ cooldownSeconds: 0, flapSeconds: 0, breaker: { failures: 2, windowSeconds: 100, openSeconds: 50 } },
  });
  const fail = (cluster: MemoryCluster, id: string, seconds: number, more: Parameters<typeof leaving>[1] = {}) => {
    cluster.seconds = seconds;
    expect(cluster.admit(api(id, { clause }))).toMatchObject(granted);
    cluster.leave(leaving(id, { outcome: 'rolled_back', ...more }));
  };
  const askAt = (cluster: MemoryCluster, id: string, seconds: number) => {
    cluster.seconds = seconds;
    return cluster.admit(api(id, { clause }));
  };

  it('opens at so many failures within the window, and names the time', () => {
    const cluster = new MemoryCluster();
    fail(cluster, 'a', 0);
    fail(cluster, 'b', 10, { outcome: 'escalated' });
    expect(askAt(cluster, 'c', 59)).toMatchObject({ reason: 'breaker_open', until: cluster.at(60) });
    expect(cluster.audit).toEqual([`guard/breaker/${target}/open/4`]);
  });

  it('forgets failures that are older than the window, and does not count what changed nothing', () => {
    const cluster = new MemoryCluster();
    fail(cluster, 'a', 0);
    fail(cluster, 'b', 101);
    fail(cluster, 'c', 102, { outcome: 'escalated', acted: false });
    fail(cluster, 'd', 103, { outcome: 'denied', acted: false });
    fail(cluster, 'e', 104, { outcome: 'cancelled' });
    expect(askAt(cluster, 'f', 105)).toMatchObject(granted);
  });

  it('lets one try when its time has passed: a cure closes it', () => {
    const cluster = new MemoryCluster();
    fail(cluster, 'a', 0);
    fail(cluster, 'b', 0);
    expect(askAt(cluster, 'c', 50)).toMatchObject(granted);
    expect(askAt(cluster, 'd', 50)).toEqual({ status: 'joined', leader: 'c' });
    cluster.leave(leaving('c'));
    fail(cluster, 'e', 52);
    expect(askAt(cluster, 'f', 53)).toMatchObject(granted);
  });

  it('opens again when the trial fails, and stays half-open when it changed nothing', () => {
    const cluster = new MemoryCluster();
    fail(cluster, 'a', 0);
    fail(cluster, 'b', 0);
    fail(cluster, 'c', 50, { outcome: 'denied', acted: false });
    fail(cluster, 'd', 51);
    expect(askAt(cluster, 'e', 100)).toMatchObject({ reason: 'breaker_open', until: cluster.at(101) });
  });

  it('closes by itself when nobody tries for as long again', () => {
    const cluster = new MemoryCluster();
    fail(cluster, 'a', 0);
    fail(cluster, 'b', 0);
    fail(cluster, 'c', 100);
    expect(askAt(cluster, 'd', 100)).toMatchObject(granted);
  });

  it('refuses those that waited for the holder whose failure opened it, one after the other', () => {
    const cluster = new MemoryCluster();
    fail(cluster, 'a', 0);
    cluster.admit(api('b', { clause }));
    const waiting = { clause: { ...clause, onBusy: 'wait' } } as const;
    for (const id of ['c', 'd']) cluster.admit(api(id, waiting));
    cluster.leave(leaving('b', { outcome: 'rolled_back' }));
    expect(cluster.wakes).toEqual([['c', 'turn']]);
    expect(cluster.admit(api('c', waiting))).toMatchObject({ status: 'refused', reason: 'breaker_open' });
    expect(cluster.wakes).toEqual([['d', 'turn']]);
  });
});

describe('an alert that fires again', () => {
  const clause = aClause({
    ...{ cooldownSeconds: 0, flapSeconds: 60, breaker: { failures: 2, windowSeconds: 1000, openSeconds: 50 } },
  });
  const again = (id: string) => api(id, { clause, alertKey: 'Throttled/1' });
  const failures = (cluster: MemoryCluster) => cluster.memories.get(target)?.breaker.failures.length;

  it('soon after its cure is a failure, once a cure', () => {
    const cluster = new MemoryCluster();
    cluster.admit(again('a'));
    cluster.seconds = 10;
    cluster.leave(leaving('a'));
    cluster.seconds = 69;
    expect(cluster.admit(again('b'))).toMatchObject(granted);
    expect(cluster.admit(again('b'))).toMatchObject(granted);
    expect(cluster.admit(again('c'))).toEqual({ status: 'joined', leader: 'b' });
    expect(failures(cluster)).toBe(1);
    cluster.leave(leaving('b'));
    cluster.seconds = 80;
    expect(cluster.admit(again('d'))).toMatchObject({ status: 'refused', reason: 'breaker_open' });
  });

  it('later, or when it is another alert, is not', () => {
    const cluster = new MemoryCluster();
    cluster.admit(again('a'));
    cluster.leave(leaving('a'));
    cluster.seconds = 10;
    cluster.admit(api('b', { clause }));
    cluster.leave(leaving('b', { outcome: 'denied', acted: false }));
    cluster.seconds = 60;
    cluster.admit(again('c'));
    expect(failures(cluster)).toBe(0);
  });
});
