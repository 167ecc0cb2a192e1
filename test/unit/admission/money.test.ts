import { describe, expect, it } from 'vitest';
import type { MoneyAsk } from '../../../src/domain/admission/admission.ts';
import { isCostKnown } from '../../../src/domain/cost/cost.ts';
import { aMoneyAsk, asking, leaving } from '../../support/store/requests.ts';
import { MemoryCluster } from './memory-cluster.ts';

/** Of ten a day, five of which run. */
const wanting = (cluster: MemoryCluster, id: string, amount: number, more: Partial<MoneyAsk> = {}) =>
  asking(id, { money: aMoneyAsk(amount, { usageMeasuredAt: cluster.now, ...more }) });
const heldIn = (cluster: MemoryCluster, name = 'shop/shop') =>
  cluster.ledgers.get(name)?.state.reservations.map(({ remediationId, amount }) => [remediationId, amount]);

describe('money', () => {
  it('is reserved with the grant, and told in a sentence', () => {
    const cluster = new MemoryCluster();
    expect(cluster.admit(wanting(cluster, 'a', 3))).toMatchObject({
      status: 'granted',
      budget: {
        ...{ allowed: true, budget: 'shop', currency: 'EUR', daily: 10, ledger: 'shop/shop' },
        ...{ committed: 5, added: 3, outstanding: 0, projected: 8 },
        reason:
          '3 more Pods for 4 h cost 3.00 EUR on top of 5.00 EUR a day: 8.00 EUR is within the 10.00 EUR a day of budget shop',
      },
    });
    const denied = cluster.admit(wanting(cluster, 'b', 3));
    expect(denied).toMatchObject({
      status: 'denied',
      budget: { allowed: false, committed: 5, added: 3, outstanding: 3, projected: 11 },
    });
    expect(denied).toHaveProperty(
      'budget.reason',
      expect.stringContaining('on top of 5.00 EUR a day and 3.00 EUR held for other changes: 11.00 EUR is over'),
    );
    expect(cluster.status('b')).toBeUndefined();
    expect(heldIn(cluster)).toEqual([['a', 3]]);
  });

  it('that cannot be compared is not known, which is not the same as too much', () => {
    const cluster = new MemoryCluster();
    const of = (id: string, more: Partial<MoneyAsk>) => {
      const answer = cluster.admit(wanting(cluster, id, 3, more));
      return answer.status === 'denied' && isCostKnown(answer.budget);
    };
    expect(of('old', { usageMeasuredAt: cluster.now - 3_600_000 })).toBe(false);
    expect(of('senseless', { daily: NaN })).toBe(false);
    expect(of('over', { usage: 9 })).toBe(true);
  });

  it('that is not there is told before people are asked, and none is held while they think', () => {
    const cluster = new MemoryCluster();
    const only = { only: 'target' } as const;
    const first = cluster.admit({ ...wanting(cluster, 'a', 3), ...only });
    expect(first).toMatchObject({ status: 'granted', budget: { allowed: true, projected: 8 } });
    expect(first).not.toHaveProperty('budget.ledger');
    expect(heldIn(cluster)).toBeUndefined();
    // Another has spent it meanwhile, or it never was there.
    cluster.admit(wanting(cluster, 'b', 5));
    for (const id of ['c', 'a']) {
      const answer = cluster.admit({ ...wanting(cluster, id, 3), ...only });
      expect(answer).toMatchObject({ status: 'denied', budget: { projected: 13 } });
    }
    expect(cluster.status('c')).toBeUndefined();
    expect(heldIn(cluster)).toEqual([['b', 5]]);
  });

  it('is not held by those that wait for a slot', () => {
    const cluster = new MemoryCluster({ maxConcurrent: 1 });
    cluster.admit(asking('first'));
    for (let i = 0; i < 90; i += 1) expect(cluster.admit(wanting(cluster, `w${i}`, 1)).status).toBe('queued');
    expect(heldIn(cluster)).toBeUndefined();
    cluster.leave(leaving('first', { acted: false }));
    expect(cluster.admit(wanting(cluster, 'w0', 1))).toMatchObject({ status: 'granted', budget: { outstanding: 0 } });
  });

  it('that is not there goes to no slot: the next has its turn', () => {
    const cluster = new MemoryCluster({ maxConcurrent: 1 });
    cluster.admit(asking('first'));
    cluster.admit(wanting(cluster, 'a', 6));
    cluster.admit(wanting(cluster, 'b', 1));
    cluster.leave(leaving('first', { acted: false }));
    expect(cluster.admit(wanting(cluster, 'a', 6)).status).toBe('denied');
    expect(cluster.wakes).toEqual([['b', 'turn']]);
  });

  it('is free when nothing is kept, and held until usage must show it when the change stays', () => {
    const cluster = new MemoryCluster();
    cluster.admit(wanting(cluster, 'a', 3));
    cluster.admit(wanting(cluster, 'b', 2));
    cluster.leave(leaving('a', { keepMoney: false }));
    cluster.seconds = 10;
    cluster.leave(leaving('b', { keepMoney: true }));
    expect(heldIn(cluster)).toEqual([['b', 2]]);
    cluster.seconds = 69;
    expect(cluster.admit(wanting(cluster, 'c', 4)).status).toBe('denied');
    cluster.seconds = 70;
    expect(cluster.admit(wanting(cluster, 'c', 4, { usage: 6 }))).toMatchObject({
      ...{ status: 'granted', budget: { outstanding: 0 } },
    });
  });

  it('is settled with the slot, and what the last word says holds', () => {
    const cluster = new MemoryCluster();
    cluster.admit(wanting(cluster, 'a', 3));
    cluster.leave(leaving('a', { what: 'slot', keepMoney: true }));
    expect(cluster.ledgers.get('shop/shop')?.state.reservations[0]).toHaveProperty('committedAt');
    cluster.leave(leaving('a', { keepMoney: false }));
    expect(heldIn(cluster)).toEqual([]);
  });

  it('of one that asks again is what it has, and more if it wants more', () => {
    const cluster = new MemoryCluster();
    for (const amount of [3, 3, 4, 1]) cluster.admit(wanting(cluster, 'a', amount));
    expect(heldIn(cluster)).toEqual([['a', 4]]);
    expect(cluster.admit(wanting(cluster, 'a', 6)).status).toBe('denied');
    expect(heldIn(cluster)).toEqual([['a', 4]]);
    // What a plan before this one had reserved elsewhere may be spent: it is settled with everything else.
    cluster.admit(wanting(cluster, 'a', 1, { scopeKey: 'other' }));
    cluster.leave(leaving('a', { what: 'slot', keepMoney: false }));
    expect([heldIn(cluster), heldIn(cluster, 'shop/other')]).toEqual([[], []]);
  });

  it('of one that ended without leaving is held as if its change stayed', () => {
    const cluster = new MemoryCluster();
    cluster.admit(wanting(cluster, 'a', 3));
    cluster.seconds = 100;
    cluster.vanish('a');
    cluster.seconds = 159;
    expect(cluster.admit(wanting(cluster, 'b', 3)).status).toBe('denied');
    cluster.seconds = 160;
    expect(cluster.admit(wanting(cluster, 'b', 3)).status).toBe('granted');
  });
});
