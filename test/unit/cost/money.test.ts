import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitsToTell, isAmount, known, sumOf } from '../../../src/domain/cost/money.ts';

describe('digitsToTell', () => {
  it('is two, unless two sums that differ would read the same, or a cost as nothing', () => {
    expect(digitsToTell(0.3, 10.3, 20)).toBe(2);
    expect(digitsToTell(0.3, 10.3, 10.299)).toBe(3);
    expect(digitsToTell(0.0004, 5, 20)).toBe(4);
    expect(digitsToTell(0, 10, 10)).toBe(2);
  });

  it('never writes two sums of whole millionths that differ as if they were equal', () => {
    const money = fc.integer({ min: 0, max: 1e12 }).map((millionths) => millionths / 1e6);
    fc.assert(
      fc.property(money, money, (projected, daily) => {
        fc.pre(projected !== daily);
        const digits = digitsToTell(1, projected, daily);
        expect(projected.toFixed(digits)).not.toBe(daily.toFixed(digits));
      }),
    );
  });
});

describe('sums of money', () => {
  it('are exact, however floats add up', () => {
    expect(sumOf([0.1, 0.2])).toBe(0.3);
    expect(sumOf([0.7, 0.1, 0.2])).toBe(1);
  });

  it.each([NaN, Infinity, -1])('know no amount %s', (amount) => {
    expect(isAmount(amount)).toBe(false);
    expect(known(amount)).toBeNull();
  });
});
