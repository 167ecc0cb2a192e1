import { describe, expect, it } from 'vitest';
import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import { aClause, asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const target = 'default/shop/Deployment/api';
const api = (id: string, more: Partial<AdmitRequest> = {}) => asking(id, { target, ...more });
const waits = (id: string, more: Partial<AdmitRequest> = {}) =>
  api(id, { clause: aClause({ onBusy: 'wait', cooldownSeconds: 0 }), ...more });
const granted = { status: 'granted' };

describe('a holder that only leases the target, or watches', () => {
  const leased = (more: Parameters<typeof leaving>[1] = {}) => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a', { alertKey: 'Throttled/1' }));
    cluster.seconds = 100;
    cluster.leave(leaving('a', { what: 'lend', actedAt: cluster.at(1), ...more }));
    return cluster;
  };
  const later = { clause: aClause({ cooldownSeconds: 0 }) };

  it('is asked to make way for the first that comes, whom the next ones join', () => {
    const cluster = leased({ actedAt: 0 });
    cluster.seconds = 500;
    expect(cluster.admit(api('b', later))).toMatchObject({ status: 'queued', position: 1 });
    expect(cluster.sent).toMatchObject([{ to: 'a', wake: { kind: 'yield', to: 'b' } }]);
    expect(cluster.admit(api('c', later))).toEqual({ status: 'joined', leader: 'b' });
    cluster.leave(leaving('a', { actedAt: 0 }));
    expect(cluster.wakes).toEqual([['b', 'turn']]);
    expect(cluster.admit(api('b', later))).toMatchObject(granted);
    cluster.leave(leaving('b'));
    expect(cluster.wakes).toEqual([['c', 'ended']]);
  });

  it('is left alone for one that only looks whose end it could share, and may end without a change', () => {
    const cluster = leased({ actedAt: 0 });
    cluster.seconds = 500;
    const looking = api('b', { ...later, only: 'target', sharesWatch: true, looks: true });
    expect(cluster.admit(looking)).toMatchObject({ status: 'queued', position: 0 });
    expect(cluster.sent).toEqual([]);
    expect(cluster.status('b')).toBeUndefined();
    cluster.leave(leaving('b', { acted: false }));
    expect(cluster.claims.get('a')).toMatchObject({ status: 'held' });
    // What is free it has, so that others share its end.
    expect(new MemoryCluster().admit(looking)).toMatchObject(granted);
  });

  it('is left alone for one that could not act after it', () => {
    const cluster = leased();
    expect(cluster.admit(api('b'))).toMatchObject({ status: 'refused', reason: 'cooldown', until: cluster.at(301) });
    expect(cluster.sent).toEqual([]);
    expect(cluster.status('b')).toBeUndefined();
  });

  it('has cured its alert: the same one again is a flap, counted once', () => {
    const cluster = leased();
    cluster.admit(api('b', { alertKey: 'Throttled/1' }));
    cluster.leave(leaving('a'));
    expect(cluster.memories.get(target)).toMatchObject({ breaker: { failures: [{}] }, cures: [] });
  });

  it('is asked at once if somebody waits already', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    cluster.admit(waits('b'));
    cluster.leave(leaving('a', { what: 'lend' }));
    expect(cluster.sent).toMatchObject([{ to: 'a', wake: { kind: 'yield', to: 'b' } }]);
    cluster.leave(leaving('b', { what: 'lend' }));
    expect(cluster.status('b')).toBe('queued');
  });

  it('stands aside for the one that waits, and has the target back after it, whatever became of that', () => {
    for (const end of [{ outcome: 'rolled_back' }, { outcome: 'escalated', acted: false }, {}] as const) {
      const cluster = leased({ actedAt: 0 });
      cluster.seconds = 500;
      cluster.admit(api('b', later));
      cluster.leave(leaving('a', { what: 'aside' }));
      expect(cluster.wakes).toEqual([['b', 'turn']]);
      const back = api('a', { only: 'target', lends: true });
      expect(cluster.admit(back)).toMatchObject({ status: 'queued' });
      expect(cluster.wakes).toEqual([]);
      expect(cluster.admit(api('b', later))).toMatchObject(granted);
      expect(cluster.admit(api('c', later))).toEqual({ status: 'joined', leader: 'b' });
      cluster.leave(leaving('b', end));
      if (end.outcome === 'escalated') {
        // Those that had joined one that did nothing come before it, too.
        expect(cluster.wakes).toEqual([['c', 'turn']]);
        cluster.leave(leaving('c', { acted: false }));
      }
      // The change of the other, and its cooldown, are none of its business: it gives back.
      expect(cluster.admit(back)).toMatchObject(granted);
      expect(cluster.claims.get('a')).toHaveProperty('lendsSince');
      expect(cluster.admit(api('d', { action: 'restart', ...later }))).toMatchObject({ status: 'queued' });
      expect(cluster.sent).toMatchObject([{ to: 'a', wake: { kind: 'yield', to: 'd' } }]);
    }
  });

  it('that stood aside when it ended has changed the target all the same', () => {
    const cluster = leased({ actedAt: 0 });
    cluster.seconds = 500;
    cluster.admit(api('b', later));
    cluster.leave(leaving('a', { what: 'aside' }));
    cluster.leave(leaving('a', { actedAt: cluster.at(490) }));
    expect(cluster.status('a')).toBe('left');
    expect(cluster.memories.get(target)).toMatchObject({ changes: [{ at: cluster.at(490) }] });
  });

  it('that only watches makes way for what would change the target, and is joined by what would not', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    cluster.leave(leaving('a', { what: 'slot', actedAt: cluster.at(0) }));
    expect(cluster.admit(api('same', { sharesWatch: true }))).toEqual({ status: 'joined', leader: 'a' });
    expect(cluster.admit(api('soon'))).toMatchObject({ status: 'refused', reason: 'cooldown' });
    cluster.seconds = 400;
    expect(cluster.admit(api('other'))).toMatchObject({ status: 'queued' });
    expect(cluster.sent).toMatchObject([{ to: 'a', wake: { kind: 'yield', to: 'other' } }]);
    cluster.leave(leaving('a', { what: 'aside' }));
    expect(cluster.admit(api('other'))).toMatchObject(granted);
    cluster.leave(leaving('a'));
    expect(cluster.admit(api('same', { sharesWatch: true }))).toMatchObject({ status: 'shared', leader: 'a' });
  });

  it('still shares its end with those that had joined it before', () => {
    const cluster = new MemoryCluster();
    cluster.admit(api('a'));
    cluster.admit(api('b'));
    cluster.leave(leaving('a', { what: 'lend' }));
    expect(cluster.admit(api('b'))).toEqual({ status: 'joined', leader: 'a' });
    cluster.leave(leaving('a'));
    expect(cluster.admit(api('b'))).toMatchObject({ status: 'shared', leader: 'a' });
  });

  it('has no slot, and gets one again when it asks again, as after a reset', () => {
    const cluster = leased();
    expect(cluster.holders).toEqual([]);
    expect(cluster.admit(api('a'))).toMatchObject(granted);
    expect(cluster.holders).toEqual(['a']);
    expect(cluster.claims.get('a')).not.toHaveProperty('lendsSince');
  });
});
