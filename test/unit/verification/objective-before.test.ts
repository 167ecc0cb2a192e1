import { describe, expect, it } from 'vitest';
import { verificationSchema } from '../../../src/domain/plan/verification-clause.ts';
import type { Sample } from '../../../src/domain/verification/measurement.ts';
import { objectiveBefore } from '../../../src/domain/verification/objective-before.ts';

const verification = verificationSchema.parse({
  objective: {
    name: 'throttling',
    query: { expr: 'sum(rate(throttled_seconds_total{pod=$pod}[1m]))', vars: { pod: 'orders-"1"' } },
    comparison: '<=',
    threshold: 0.2,
    unit: 's',
  },
});
const known = (value: number): Sample => ({ at: 1, status: 'known', value });
const before = (sample: Sample) => objectiveBefore(verification, { objective: sample });

describe('the objective before the act', () => {
  it('is not met: there is something to prove', () => {
    expect(before(known(0.9))).toEqual({ status: 'not_met', text: 'throttling 0.9 s, wanted <= 0.2 s' });
  });

  it('is met already: nothing could be proven by it', () => {
    expect(before(known(0.2))).toEqual({
      status: 'met',
      text: 'throttling 0.2 s: <= 0.2 s holds already, so that it could not prove a cure',
    });
  });

  it('cannot be measured: a human is told which series is missing, and what was asked', () => {
    const detail = 'no series throttled_seconds_total{pod="orders-\\"1\\""}';
    expect(before({ at: 1, status: 'unknown', reason: 'empty', detail })).toEqual({
      status: 'unknown',
      text:
        `throttling cannot be measured: unknown (empty): ${detail}; ` +
        'asked: sum(rate(throttled_seconds_total{pod="orders-\\"1\\""}[1m]))',
    });
  });

  it.each(['stale', 'not_a_number', 'many_series', 'unavailable'] as const)('is never met while it is %s', (reason) => {
    expect(before({ at: 1, status: 'unknown', reason })).toMatchObject({
      status: 'unknown',
      text: expect.stringContaining(`unknown (${reason.replaceAll('_', ' ')})`) as string,
    });
  });

  it('does not tell a query without end', () => {
    const query = { expr: `up{a=~"${'😀'.repeat(2000)}"}`, vars: {} };
    const told = objectiveBefore(
      { objective: { ...verification.objective!, query } },
      { objective: { at: 1, status: 'unknown', reason: 'empty' } },
    );
    expect(told.text.length).toBeLessThan(600);
    expect(told.text.isWellFormed()).toBe(true);
  });
});
