import { describe, expect, it } from 'vitest';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import { aClause, asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const target = 'default/shop/Deployment/api';
const api = (id: string, more: Partial<AdmitRequest> = {}) => asking(id, { target, ...more });
const waits = (id: string, more: Partial<AdmitRequest> = {}) =>
  api(id, { clause: aClause({ onBusy: 'wait', cooldownSeconds: 0 }), ...more });
const granted = { status: 'granted' };

describe('a free target', () => {
  it('is granted to the first, and to the first only', () => {
    const cluster = new MemoryCluster();
    expect(cluster.admit(api('a'))).toEqual({ status: 'granted', epoch: 1 });
    expect(cluster.admit(api('b'))).toEqual({ status: 'joined', leader: 'a' });
    expect(cluster.admit(waits('c'))).toEqual({ status: 'queued', position: 1, text: 'The target is busy with a' });
    expect(cluster.admit(waits('d'))).toMatchObject({ status: 'queued', position: 2 });
  });

  it('answers the same one in the same way, and takes it in once', () => {
    const cluster = new MemoryCluster();
    for (let i = 0; i < 2; i += 1) {
      expect(cluster.admit(api('a'))).toMatchObject(granted);
      expect(cluster.admit(api('b'))).toEqual({ status: 'joined', leader: 'a' });
      expect(cluster.admit(waits('c'))).toMatchObject({ status: 'queued', position: 1 });
    }
    expect(cluster.claims.size).toBe(3);
  });

  it('is granted again under a new epoch, by which what was granted before is fenced off', () => {
    const cluster = new MemoryCluster();
    const first = cluster.admit(api('a'));
    const again = cluster.admit(api('a'));
    expect([first, again]).toMatchObject([
      { status: 'granted', epoch: 1 },
      { status: 'granted', epoch: 2 },
    ]);
    expect(cluster.claims.get('a')?.epoch).toBe(2);
  });
});

describe('a holder that leaves', () => {
  it('shares its end with those that joined if it acted, and makes room for the first that waits', () => {
    const cluster = new MemoryCluster();
    for (const request of [api('a'), api('b'), waits('c', { action: 'restart' }), waits('d')]) cluster.admit(request);
    cluster.leave(leaving('a', { outcome: 'rolled_back', text: 'it did not help' }));
    expect(cluster.wakes).toEqual([
      ['c', 'turn'],
      ['b', 'ended'],
    ]);
    const end = { status: 'shared', leader: 'a', outcome: 'rolled_back', text: 'it did not help' };
    for (let i = 0; i < 2; i += 1) expect(cluster.admit(api('b'))).toEqual(end);
    expect(cluster.admit(waits('d'))).toMatchObject({ status: 'queued' });
    expect(cluster.admit(waits('c', { action: 'restart' }))).toMatchObject(granted);
  });

  it.each(['already_healthy', 'denied', 'expired', 'suppressed', 'cancelled', 'escalated'] as const)(
    'without having acted, as %s, says nothing about those that joined: the first of them is next',
    (outcome) => {
      const cluster = new MemoryCluster();
      for (const id of ['a', 'b', 'c', 'd']) cluster.admit(api(id));
      cluster.admit(waits('e'));
      cluster.leave(leaving('a', { outcome, acted: false }));
      expect(cluster.wakes).toEqual([['b', 'turn']]);
      expect(cluster.admit(api('c'))).toEqual({ status: 'joined', leader: 'b' });
      expect(cluster.admit(api('b'))).toMatchObject(granted);
      expect(cluster.admit(waits('e'))).toMatchObject({ status: 'queued' });
      cluster.leave(leaving('b'));
      expect(cluster.admit(api('d'))).toMatchObject({ status: 'shared', leader: 'b' });
    },
  );

  it('without having acted hands those that joined on, whatever the next of them asks for first', () => {
    const cluster = new MemoryCluster();
    for (const id of ['a', 'b', 'c', 'd']) cluster.admit(api(id));
    cluster.leave(leaving('a', { outcome: 'escalated', acted: false }));
    expect(cluster.admit(api('b', { only: 'target' }))).toMatchObject(granted);
    expect(cluster.admit(api('c'))).toEqual({ status: 'joined', leader: 'b' });
    expect(cluster.admit(api('b'))).toMatchObject(granted);
    cluster.leave(leaving('b', { outcome: 'remediated' }));
    for (const id of ['c', 'd']) expect(cluster.admit(api(id))).toMatchObject({ status: 'shared', leader: 'b' });
  });

  it('refuses those that wait for what it has just done, with the time', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    cluster.admit(api('b', { clause: aClause({ onBusy: 'wait' }) }));
    cluster.seconds = 10;
    cluster.leave(leaving('a'));
    expect(cluster.wakes).toEqual([['b', 'turn']]);
    expect(cluster.admit(api('b', { clause: aClause({ onBusy: 'wait' }) }))).toMatchObject({
      ...{ status: 'refused', reason: 'cooldown', until: cluster.at(310) },
    });
    // It may come again when the time has passed.
    cluster.seconds = 310;
    expect(cluster.admit(api('b'))).toMatchObject(granted);
  });

  it('may have been one that only waited or joined', () => {
    const cluster = new MemoryCluster();
    for (const request of [api('a'), waits('b'), api('c')]) cluster.admit(request);
    cluster.leave(leaving('b', { outcome: 'suppressed', acted: false }));
    cluster.leave(leaving('c', { outcome: 'cancelled', acted: false }));
    cluster.leave(leaving('a'));
    expect(cluster.wakes).toEqual([]);
    expect(cluster.claims.size).toBe(0);
  });

  it('is not let in again by a request that comes late, whether it was ever known or not', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('b'));
    for (const id of ['a', 'b']) {
      cluster.leave(leaving(id));
      cluster.seconds += 100_000;
      expect(cluster.admit(api(id))).toMatchObject({ status: 'refused', reason: 'already_left' });
      cluster.leave(leaving(id, { outcome: 'escalated' }));
    }
    expect(cluster.claims.size).toBe(0);
    expect(cluster.tombstones.get('b')?.end.outcome).toBe('remediated');
  });
});

describe('a holder that ends without leaving', () => {
  it('is succeeded by one that joined, whose end the others then share', () => {
    const cluster = new MemoryCluster();
    for (const id of ['a', 'b', 'c']) cluster.admit(api(id));
    cluster.admit(waits('d'));
    expect(cluster.vanish('a', 'x')).toEqual(['a']);
    expect(cluster.wakes).toEqual([['b', 'turn']]);
    expect(cluster.admit(api('c'))).toEqual({ status: 'joined', leader: 'b' });
    expect(cluster.admit(api('b'))).toMatchObject(granted);
    cluster.leave(leaving('b', { acted: true }));
    expect(cluster.wakes).toEqual([
      ['d', 'turn'],
      ['c', 'ended'],
    ]);
  });

  it('has changed the cluster for all that is known', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    cluster.admit(api('b'));
    cluster.vanish('a', 'b');
    expect(cluster.acts).toMatchObject([{ target, remediationId: 'a' }]);
    expect(cluster.claims.size).toBe(0);
    expect(cluster.memories.get(target)?.recent.at(-1)?.text).toContain('a has ended without saying how');
  });
});

describe('a turn', () => {
  it('that is not taken goes to the next, and its owner asks again later', () => {
    const cluster = new MemoryCluster();
    for (const request of [api('a'), waits('b'), waits('c')]) cluster.admit(request);
    cluster.leave(leaving('a', { acted: false }));
    expect(cluster.wakes).toEqual([['b', 'turn']]);
    cluster.seconds = 59;
    expect(cluster.turn()).toBe(0);
    expect(cluster.admit(waits('c'))).toMatchObject({ status: 'queued' });
    cluster.seconds = 60;
    expect(cluster.turn()).toBe(1);
    expect(cluster.wakes).toEqual([['c', 'turn']]);
    expect(cluster.admit(waits('b'))).toMatchObject({ status: 'queued' });
    expect(cluster.admit(waits('c'))).toMatchObject(granted);
    cluster.leave(leaving('c', { acted: false }));
    expect(cluster.wakes).toEqual([['b', 'turn']]);
    expect(cluster.admit(waits('b'))).toMatchObject(granted);
  });

  it('is offered again and again, less and less often, to one that is alone', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    cluster.admit(waits('b'));
    cluster.leave(leaving('a', { acted: false }));
    const offered: number[] = [];
    for (cluster.seconds = 0; cluster.seconds < 1200; cluster.seconds += 30) {
      cluster.turn();
      if (cluster.wakes.length > 0) offered.push(cluster.seconds);
    }
    expect(offered).toEqual([120, 300, 600, 1140]);
    expect(cluster.admit(waits('b'))).toMatchObject(granted);
  });

  it('that a lead does not take goes to the first that joined it, whom it then follows', () => {
    const cluster = new MemoryCluster();
    for (const id of ['a', 'b', 'c']) cluster.admit(api(id));
    cluster.leave(leaving('a', { acted: false }));
    cluster.seconds = 60;
    cluster.turn();
    expect(cluster.wakes).toEqual([['c', 'turn']]);
    expect(cluster.admit(api('b'))).toEqual({ status: 'joined', leader: 'c' });
    expect(cluster.admit(api('c'))).toMatchObject(granted);
  });
});
