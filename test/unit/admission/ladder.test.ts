import { describe, expect, it } from 'vitest';
import type { AdmitRequest, LadderStep } from '../../../src/domain/admission/admission.ts';
import { aClause, aMoneyAsk, asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const TARGET = 'default/shop/Deployment/api';
const clause = aClause({ cooldownSeconds: 300 });

const first = (id: string, more: Partial<AdmitRequest> = {}) => asking(id, { target: TARGET, clause, ...more });
const next = (id: string, before: Partial<LadderStep['before']>, more: Partial<AdmitRequest> = {}) =>
  first(id, { ladder: { rung: 2, before: { acted: true, keepMoney: false, ...before } }, ...more });

const held = (cluster: MemoryCluster) =>
  [...cluster.ledgers.values()].flatMap(({ state }) =>
    state.reservations.map(({ remediationId, amount, committedAt }) => [
      remediationId,
      amount,
      committedAt !== undefined,
    ]),
  );

describe('the next plan of a ladder', () => {
  it('is granted on what is held, by a new epoch, whatever its own cooldown says', () => {
    const cluster = new MemoryCluster();
    const one = cluster.admit(first('a'));
    cluster.seconds += 10;
    const two = cluster.admit(next('a', {}));
    expect([one.status, two.status]).toEqual(['granted', 'granted']);
    expect(cluster.claims.get('a')).toMatchObject({ status: 'held', slot: 'taken', rung: 2 });
    // Another remediation meets the cooldown of what was done.
    cluster.leave(leaving('a', { acted: false, actedBefore: true, outcome: 'escalated', keepMoney: false }));
    expect(cluster.admit(first('b'))).toMatchObject({ status: 'refused', reason: 'cooldown' });
  });

  it('is told once: asked again it counts nothing twice', () => {
    const cluster = new MemoryCluster();
    cluster.admit(first('a'));
    const step = next('a', { actedAt: cluster.now }, { action: 'delete_pod' });
    cluster.admit(step);
    cluster.admit(step);
    expect(cluster.acts).toHaveLength(1);
    cluster.leave(leaving('a', { acted: true, actedBefore: true }));
    expect(cluster.acts.map(({ remediationId }) => remediationId)).toEqual(['a', 'a']);
  });

  it('counts nothing where nothing was done', () => {
    const cluster = new MemoryCluster();
    cluster.admit(first('a'));
    cluster.admit(next('a', { acted: false }));
    cluster.leave(leaving('a', { acted: false, keepMoney: false, outcome: 'denied' }));
    expect(cluster.acts).toEqual([]);
    expect(cluster.admit(first('b'))).toMatchObject({ status: 'granted' });
  });

  it('frees the money of what was undone, and keeps that of what stays beside its own', () => {
    const undone = new MemoryCluster();
    undone.admit(first('a', { money: aMoneyAsk(3, { usageMeasuredAt: undone.now }) }));
    undone.admit(next('a', {}, { money: aMoneyAsk(4, { usageMeasuredAt: undone.now }) }));
    expect(held(undone)).toEqual([['a', 4, false]]);

    const kept = new MemoryCluster();
    kept.admit(first('a', { money: aMoneyAsk(3, { usageMeasuredAt: kept.now }) }));
    kept.admit(next('a', { keepMoney: true }, { money: aMoneyAsk(2, { usageMeasuredAt: kept.now }) }));
    expect(held(kept)).toEqual([
      ['a#1', 3, true],
      ['a', 2, false],
    ]);
    kept.leave(leaving('a', { outcome: 'rolled_back', keepMoney: false }));
    expect(held(kept)).toEqual([['a#1', 3, true]]);
    // Both together are over the budget.
    const over = new MemoryCluster();
    over.admit(first('a', { money: aMoneyAsk(3, { usageMeasuredAt: over.now }) }));
    expect(
      over.admit(next('a', { keepMoney: true }, { money: aMoneyAsk(4, { usageMeasuredAt: over.now }) })),
    ).toMatchObject({
      status: 'denied',
    });
  });

  it('asks for its slot anew, because it is another change, and keeps the target while it waits', () => {
    const cluster = new MemoryCluster({ maxActionsPerHour: 1 });
    cluster.admit(first('a'));
    expect(cluster.admit(next('a', {}))).toMatchObject({ status: 'queued' });
    expect(cluster.claims.get('a')).toMatchObject({ status: 'held', slot: 'wanted' });
    expect(cluster.admit(first('b', { clause: aClause({ onBusy: 'wait', cooldownSeconds: 0 }) }))).toMatchObject({
      status: 'queued',
    });
    cluster.seconds += 3700;
    expect(cluster.admit(next('a', {}))).toMatchObject({ status: 'granted' });
  });

  it('holds no slot while people are asked about it', () => {
    const cluster = new MemoryCluster();
    cluster.admit(first('a'));
    expect(cluster.admit(next('a', {}, { only: 'target' }))).toMatchObject({ status: 'granted' });
    expect(cluster.claims.get('a')).toMatchObject({ status: 'held', slot: 'none' });
    expect(cluster.admit(next('a', {}))).toMatchObject({ status: 'granted' });
    expect(cluster.acts).toHaveLength(1);
  });

  it('holds what the one before held, beside an object of its own', () => {
    const cluster = new MemoryCluster();
    cluster.admit(first('a'));
    cluster.admit(next('a', {}, { target: 'default/shop/Pod/api-1', locks: [TARGET] }));
    const wait = aClause({ onBusy: 'wait', cooldownSeconds: 0 });
    expect(cluster.admit(first('b', { clause: wait }))).toMatchObject({ status: 'queued' });
    cluster.leave(leaving('a', { acted: false, actedBefore: true, keepMoney: false, outcome: 'escalated' }));
    expect(cluster.claims.get('b')?.status).toBe('offered');
  });
});
