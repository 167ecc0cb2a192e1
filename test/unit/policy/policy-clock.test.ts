import { describe, expect, it } from 'vitest';
import { policyNow } from '../../../src/clients/policy/policy-clock.ts';

describe('the clock that policy reads', () => {
  it('is in UTC, with numbers as people write them', () => {
    expect(policyNow(Date.parse('2026-03-01T22:05:59.999Z'))).toEqual({
      rfc3339: '2026-03-01T22:05:59Z',
      unixSeconds: 1_772_402_759,
      year: 2026,
      month: 3,
      day: 1,
      weekday: 'Sunday',
      hour: 22,
      minute: 5,
    });
  });

  it.each([
    ['2028-02-29T00:00:00Z', 'Tuesday', 0],
    ['2026-12-31T23:59:59Z', 'Thursday', 23],
    ['1970-01-01T00:00:00Z', 'Thursday', 0],
  ])('knows the day of the week: %s', (text, weekday, hour) => {
    expect(policyNow(Date.parse(text))).toMatchObject({ rfc3339: text, weekday, hour });
  });
});
