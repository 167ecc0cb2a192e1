import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BudgetCase, costOfPods, judgeBudget } from '../../../src/domain/cost/cost.ts';

const GIB = 1024 ** 3;
const prices = { cpuHour: 0.04, gibHour: 0.005 };

const usual: BudgetCase = {
  budget: 'shop',
  currency: 'USD',
  daily: 20,
  committedDaily: 10,
  addedReplicas: 3,
  podRequests: { cpu: 0.5, memory: GIB },
  prices,
  expectedHours: 4,
};

describe('costOfPods', () => {
  it('is requests by price by hours', () => {
    expect(costOfPods({ cpu: 2, memory: 4 * GIB }, prices, 24)).toBe(2.4);
    expect(costOfPods({ cpu: 0, memory: 0 }, prices, 24)).toBe(0);
  });

  it('is rounded to millionths', () => {
    expect(costOfPods({ cpu: 0.1 + 0.2, memory: 0 }, { cpuHour: 1, gibHour: 0 }, 1)).toBe(0.3);
    expect(costOfPods({ cpu: 1 / 3, memory: 0 }, { cpuHour: 1, gibHour: 0 }, 1)).toBe(0.333333);
  });

  it.each([NaN, Infinity, -1])('is unknown with %s among its figures', (bad) => {
    expect(costOfPods({ cpu: bad, memory: 0 }, prices, 1)).toBeNaN();
    expect(costOfPods({ cpu: 1, memory: bad }, prices, 1)).toBeNaN();
    expect(costOfPods({ cpu: 1, memory: 0 }, { ...prices, gibHour: bad }, 1)).toBeNaN();
    expect(costOfPods({ cpu: 1, memory: 0 }, prices, bad)).toBeNaN();
  });
});

describe('judgeBudget', () => {
  it('allows what stays within the day, and shows the sum', () => {
    expect(judgeBudget(usual)).toEqual({
      allowed: true,
      budget: 'shop',
      currency: 'USD',
      daily: 20,
      committed: 10,
      added: 0.3,
      projected: 10.3,
      reason:
        '3 more Pods for 4 h cost 0.30 USD on top of 10.00 USD a day: 10.30 USD is within the 20.00 USD a day of budget shop',
    });
  });

  it('forbids what does not', () => {
    const verdict = judgeBudget({ ...usual, daily: 10.2, addedReplicas: 1, expectedHours: 24 });
    expect(verdict).toMatchObject({ allowed: false, added: 0.6, projected: 10.6 });
    expect(verdict.reason).toContain('1 more Pod for 24 h cost 0.60 USD');
    expect(verdict.reason).toContain('is over the 10.20 USD');
  });

  it('allows the budget to its last millionth, however floats add up', () => {
    const edge = { ...usual, committedDaily: 0.1, daily: 0.3, addedReplicas: 1, expectedHours: 1 };
    const one = { ...edge, podRequests: { cpu: 0.2, memory: 0 }, prices: { cpuHour: 1, gibHour: 0 } };
    expect(judgeBudget(one).allowed).toBe(true);
    expect(judgeBudget({ ...one, daily: 0.299999 }).allowed).toBe(false);
  });

  it('never writes two sums that differ as if they were equal', () => {
    const { reason } = judgeBudget({ ...usual, daily: 10.299 });
    expect(reason).toContain('10.300 USD is over the 10.299 USD');
  });

  it.each([
    ['CPU', { cpu: 0, memory: GIB }],
    ['memory', { cpu: 1, memory: 0 }],
    ['CPU', { cpu: NaN, memory: GIB }],
  ])('forbids Pods that declare no %s: their cost is not zero but unknown', (resource, podRequests) => {
    expect(judgeBudget({ ...usual, podRequests })).toMatchObject({
      allowed: false,
      added: null,
      projected: null,
      reason: `Cost unknown, so not allowed by budget shop: the target's Pods declare no ${resource} requests`,
    });
  });

  it('needs no declaration of what has no price', () => {
    const free = { ...usual, daily: 30, podRequests: { cpu: 1, memory: 0 }, prices: { cpuHour: 1, gibHour: 0 } };
    expect(judgeBudget(free)).toMatchObject({ allowed: true, added: 12 });
  });

  const money = fc.double({ min: 0, max: 1e6, noNaN: true });
  const anyCase = fc.record({
    budget: fc.constant('b'),
    currency: fc.constant('EUR'),
    daily: money,
    committedDaily: money,
    addedReplicas: fc.nat(1000),
    podRequests: fc.record({
      cpu: fc.double({ min: 0.001, max: 64, noNaN: true }),
      memory: fc.integer({ min: 1, max: 512 * GIB }),
    }),
    prices: fc.record({ cpuHour: money, gibHour: money }),
    expectedHours: fc.double({ min: 0, max: 24, noNaN: true }),
  });

  it('allows exactly what the day has money for', () => {
    fc.assert(
      fc.property(anyCase, (question) => {
        const { allowed, committed, added, projected } = judgeBudget(question);
        expect(allowed).toBe(projected! <= Math.round(question.daily * 1e6) / 1e6);
        // A millionth for the rounding, and what doubles of this size cannot tell apart.
        const sum = committed! + added!;
        expect(Math.abs(projected! - sum)).toBeLessThanOrEqual(1e-6 + sum * Number.EPSILON * 4);
      }),
    );
  });

  it('never allows more when more is asked', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(100), (question, more) => {
        const greedy = judgeBudget({ ...question, addedReplicas: question.addedReplicas + more });
        expect(greedy.allowed && !judgeBudget(question).allowed).toBe(false);
      }),
    );
  });

  it('charges at most a day', () => {
    fc.assert(
      fc.property(anyCase, fc.double({ min: 24, max: 1e6, noNaN: true }), (question, expectedHours) => {
        const day = judgeBudget({ ...question, expectedHours: 24 });
        expect(judgeBudget({ ...question, expectedHours }).added).toBe(day.added);
      }),
    );
  });

  it('gives no allowance and no NaN for any figures that make no sense', () => {
    const wild = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1, 1e308));
    const wildCase = fc.record({
      budget: fc.string(),
      currency: fc.string(),
      daily: wild,
      committedDaily: wild,
      addedReplicas: wild,
      podRequests: fc.record({ cpu: wild, memory: wild }),
      prices: fc.record({ cpuHour: wild, gibHour: wild }),
      expectedHours: wild,
    });
    fc.assert(
      fc.property(wildCase, (question) => {
        const { allowed, committed, added, projected } = judgeBudget(question);
        for (const figure of [committed, added, projected]) {
          expect(figure === null || (Number.isFinite(figure) && figure >= 0)).toBe(true);
        }
        const { daily, committedDaily, addedReplicas, expectedHours } = question;
        // Endless hours are just more than a day.
        const senseless =
          [daily, committedDaily, addedReplicas].some((figure) => !(figure >= 0 && figure < Infinity)) ||
          !(expectedHours >= 0);
        if (senseless || projected === null) expect(allowed).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
