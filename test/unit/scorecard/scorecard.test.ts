import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { fateOf, scorecards } from '../../../src/domain/promotion/scorecard.ts';
import { wilsonLowerBound } from '../../../src/domain/promotion/wilson.ts';
import { many, past } from './past.ts';

describe('the fate of a remediation', () => {
  it.each([
    [{ outcome: Outcome.Remediated }, 'cured'],
    [{ outcome: Outcome.Remediated, action: 'none' }, 'no_act'],
    [{ outcome: Outcome.Escalated, action: 'none' }, 'no_act'],
    [{ outcome: Outcome.RolledBack }, 'rolled_back'],
    [{ outcome: Outcome.Escalated }, 'given_up'],
    [{ outcome: Outcome.Cancelled }, 'given_up'],
    [{ outcome: Outcome.Denied }, 'denied'],
    [{ outcome: Outcome.Observed, mode: 'observe' }, 'would_have_acted'],
    [{ outcome: Outcome.Observed, mode: 'observe', action: 'none' }, 'no_act'],
    [{ outcome: Outcome.Observed, mode: 'auto' }, 'no_act'],
    [{ outcome: Outcome.Suppressed }, 'no_act'],
    [{ outcome: Outcome.Joined }, 'no_act'],
    [{ outcome: Outcome.Rejected }, 'no_act'],
    [{ outcome: Outcome.Expired }, 'no_act'],
    [{ outcome: Outcome.AlreadyHealthy }, 'no_act'],
  ] as const)('%j: %s', (ended, fate) => {
    expect(fateOf(past(ended))).toBe(fate);
  });

  it('counts against the rule where it cannot be told, unless nothing was planned', () => {
    const { outcome: _, ...lost } = past();
    expect(fateOf(lost)).toBe('given_up');
    const { action: __, mode: ___, ...human } = past({ outcome: Outcome.Escalated });
    expect(fateOf(human)).toBe('no_act');
    expect(fateOf({ ...human, mode: 'observe', action: 'scale' })).toBe('no_act');
  });
});

describe('a scorecard', () => {
  it('tells how a rule has done', () => {
    const { outcome: _, ...lost } = past();
    const [card] = scorecards([
      ...many(10, { outcome: 'observed', mode: 'observe' }),
      ...[1, 2, 3, 4].map((cureSeconds) => past({ cureSeconds })),
      past(),
      past({ outcome: 'rolled_back', cureSeconds: 1000 }),
      past({ outcome: 'escalated' }),
      ...many(2, { outcome: 'denied' }),
      past({ outcome: 'joined' }),
      lost,
      past({ outcome: 'suppressed', closedAt: Date.UTC(2030, 0, 2) }),
    ]);
    expect(card).toEqual({
      rule: 'throttling',
      total: 22,
      wouldHaveActed: 10,
      acted: 8,
      cured: 5,
      rolledBack: 1,
      givenUp: 2,
      denied: 2,
      outcomes: {
        ...{ observed: 10, remediated: 5, rolled_back: 1, escalated: 1, denied: 2, joined: 1, suppressed: 1, lost: 1 },
      },
      cureRatio: 5 / 8,
      cureRatioAtLeast: wilsonLowerBound(5, 8),
      secondsToCure: { mean: 2.5, p95: 4, known: 4 },
      lastEnded: '2030-01-02T00:00:00.000Z',
    });
  });

  it('has no figures for what never happened', () => {
    expect(scorecards([past({ outcome: 'observed', mode: 'observe' })])).toMatchObject([
      { acted: 0, cureRatio: null, cureRatioAtLeast: null, secondsToCure: null },
    ]);
  });

  it('is made for each rule, by name, and for no alert that no rule decided', () => {
    const cards = scorecards([past({ rule: 'b' }), past({ rule: 'a' }), past({ rule: '' }), past({ rule: 'b' })]);
    expect(cards.map(({ rule, total }) => [rule, total])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });
});

describe("Wilson's lower bound", () => {
  it.each([
    [5, 5, 0.649],
    [20, 20, 0.881],
    [19, 20, 0.804],
    [30, 31, 0.868],
    [0, 10, 0],
    [0, 0, 0],
  ])('of %d in %d is %d', (successes, trials, expected) => {
    expect(wilsonLowerBound(successes, trials)).toBeCloseTo(expected, 3);
  });

  it('lies below the share that was seen, and rises with every success', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (successes, failures) => {
        const bound = wilsonLowerBound(successes, successes + failures);
        expect(bound).toBeLessThanOrEqual(successes / Math.max(1, successes + failures));
        expect(wilsonLowerBound(successes + 1, successes + failures + 1)).toBeGreaterThan(bound);
        expect(wilsonLowerBound(successes, successes + failures + 1)).toBeLessThanOrEqual(bound);
      }),
    );
  });
});
