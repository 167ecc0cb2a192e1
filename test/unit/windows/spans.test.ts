import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { createSpans } from '../../../src/domain/windows/spans.ts';

const at = (text: string) => Date.parse(text);
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
const spans = (times: Partial<Parameters<typeof createSpans>[0]>) =>
  createSpans({ timeZone: 'Europe/Berlin', from: '2026-01-05T09:00', until: '2026-01-05T17:00', except: [], ...times });
const standing = (times: Parameters<typeof spans>[0], text: string) => {
  const { lasts, until } = spans(times).at(at(text));
  return [lasts, iso(until)];
};

describe('a window that comes once', () => {
  const once = { from: '2026-11-26T18:00', until: '2026-11-30T08:00' };
  it.each([
    ['2026-11-26T16:59:59.999Z', false, '2026-11-26T17:00:00.000Z'],
    ['2026-11-26T17:00:00Z', true, '2026-11-30T07:00:00.000Z'],
    ['2026-11-30T06:59:59.999Z', true, '2026-11-30T07:00:00.000Z'],
    ['2026-11-30T07:00:00Z', false, undefined],
  ])('at %s: %s until %s', (time, lasts, until) => {
    expect(standing(once, time)).toEqual([lasts, until]);
  });
});

describe('business hours, by the clock on the wall', () => {
  const hours = { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' };
  it.each([
    ['before the clocks change', '2026-03-27T07:59:59Z', false, '2026-03-27T08:00:00.000Z'],
    ['on the last day of winter time', '2026-03-27T12:00:00Z', true, '2026-03-27T16:00:00.000Z'],
    ['over the weekend of the change', '2026-03-28T12:00:00Z', false, '2026-03-30T07:00:00.000Z'],
    ['on the first day of summer time', '2026-03-30T07:00:00Z', true, '2026-03-30T15:00:00.000Z'],
    ['in the hour that was one in winter', '2026-03-30T15:30:00Z', false, '2026-03-31T07:00:00.000Z'],
    ['after the change back', '2026-10-26T07:30:00Z', false, '2026-10-26T08:00:00.000Z'],
  ])('%s', (_what, time, lasts, until) => {
    expect(standing(hours, time)).toEqual([lasts, until]);
  });
});

describe('a night on which the clocks change', () => {
  const nights = { from: '2026-01-01T22:00', until: '2026-01-02T06:00', rule: 'FREQ=DAILY' };
  it.each([
    ['is an hour shorter in spring', '2026-03-28T21:00:00Z', '2026-03-29T04:00:00.000Z', 7],
    ['is an hour longer in autumn', '2026-10-24T20:00:00Z', '2026-10-25T05:00:00.000Z', 9],
    ['is as long as ever in between', '2026-06-24T20:00:00Z', '2026-06-25T04:00:00.000Z', 8],
  ])('%s', (_what, begin, end, lasting) => {
    expect(standing(nights, begin)).toEqual([true, end]);
    expect(standing(nights, new Date(at(begin) - 1).toISOString())).toEqual([false, new Date(begin).toISOString()]);
    expect((at(end) - at(begin)) / 3_600_000).toBe(lasting);
  });

  it('does not swallow a window that begins in the hour that is left out', () => {
    const daily = { from: '2026-01-01T02:30', until: '2026-01-01T04:30', rule: 'FREQ=DAILY' };
    expect(standing(daily, '2026-03-29T00:00:00Z')).toEqual([false, '2026-03-29T01:30:00.000Z']);
    expect(standing(daily, '2026-03-29T01:30:00Z')).toEqual([true, '2026-03-29T02:30:00.000Z']);
  });

  it('begins at the first, and ends at the last, of an hour that comes twice', () => {
    const daily = { from: '2026-01-01T02:15', until: '2026-01-01T02:45', rule: 'FREQ=DAILY' };
    expect(standing(daily, '2026-10-25T00:15:00Z')).toEqual([true, '2026-10-25T01:45:00.000Z']);
    expect(standing(daily, '2026-10-25T01:44:59Z')).toEqual([true, '2026-10-25T01:45:00.000Z']);
  });

  it('is looked up in the zone that is named, also where half an hour is changed, or a day was left out', () => {
    const there = (timeZone: string, time: string) =>
      standing({ timeZone, from: '2026-01-01T01:45', until: '2026-01-01T03:00', rule: 'FREQ=DAILY' }, time);
    // Lord Howe: 02:00 becomes 02:30 on 2026-10-04.
    expect(there('Australia/Lord_Howe', '2026-10-03T15:15:00Z')).toEqual([true, '2026-10-03T16:00:00.000Z']);
    const samoa = { timeZone: 'Pacific/Apia', from: '2011-12-28T09:00', until: '2011-12-28T10:00', rule: 'FREQ=DAILY' };
    expect(standing(samoa, '2011-12-29T20:30:00Z')[0]).toBe(false);
  });
});

describe('a rule of RFC 5545', () => {
  it.each([
    ['the last Friday of a month', 'FREQ=MONTHLY;BYDAY=-1FR', '2026-01-06T00:00:00Z', '2026-01-30T08:00:00.000Z'],
    [
      'the second weekday of a quarter',
      'FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2',
      '2026-02-01T00:00:00Z',
      '2026-04-02T07:00:00.000Z',
    ],
    ['every other week', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', '2026-01-06T00:00:00Z', '2026-01-19T08:00:00.000Z'],
    ['so many times', 'FREQ=DAILY;COUNT=2', '2026-01-06T20:00:00Z', undefined],
    [
      'until an instant in UTC',
      'FREQ=DAILY;UNTIL=20260107T080000Z',
      '2026-01-06T20:00:00Z',
      '2026-01-07T08:00:00.000Z',
    ],
    ['until just before', 'FREQ=DAILY;UNTIL=20260107T075959Z', '2026-01-06T20:00:00Z', undefined],
    ['until a day, with that day', 'FREQ=DAILY;UNTIL=20260107', '2026-01-06T20:00:00Z', '2026-01-07T08:00:00.000Z'],
    ['the 29th of February', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2026-01-06T20:00:00Z', '2028-02-29T08:00:00.000Z'],
  ])('%s', (_what, rule, time, next) => {
    expect(standing({ rule }, time)).toEqual([false, next]);
  });

  it('leaves out the days that are excepted', () => {
    const rule = 'FREQ=DAILY';
    expect(standing({ rule, except: ['2026-12-25', '2026-12-26'] }, '2026-12-25T10:00:00Z')).toEqual([
      false,
      '2026-12-27T08:00:00.000Z',
    ]);
  });

  it('makes one span of what follows without a gap', () => {
    const days = { from: '2026-01-05T00:00', until: '2026-01-06T00:00', rule: 'FREQ=WEEKLY;BYDAY=SA,SU' };
    expect(standing(days, '2026-03-28T12:00:00Z')).toEqual([true, '2026-03-29T22:00:00.000Z']);
    expect(standing({ ...days, rule: 'FREQ=DAILY' }, '2026-03-28T12:00:00Z')).toEqual([true, undefined]);
  });

  it.each(['FREQ=DAYLY', 'FREQ=DAILY;BYDAY=XX', 'hello', '', 'BYDAY=MO', 'FREQ=DAILY;FOO=1', 'FREQ=DAILY;COUNT=-1'])(
    'that is none is refused: %s',
    (rule) => {
      expect(() => spans({ rule })).toThrow();
    },
  );
  it.each([
    'FREQ=HOURLY',
    'FREQ=DAILY;FREQ=WEEKLY',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=YEARLY;BYMONTH=13',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;COUNT=3;UNTIL=20261231T000000Z',
    'RRULE:FREQ=DAILY',
    'FREQ=DAILY\nEXDATE:20260101T000000Z',
  ])('that never comes true, or means something else, is refused: %s', (rule) => {
    expect(() => spans({ rule })).toThrow();
  });
});

describe('any window', () => {
  it('stands the same until the time that it names, and otherwise from then on', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
    const rules = fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=SU', 'FREQ=MONTHLY;BYDAY=-1SU', undefined);
    const minutes = fc.integer({ min: 1, max: 1430 });
    const time = fc.integer({ min: at('2026-03-01T00:00Z'), max: at('2026-11-10T00:00Z') });
    fc.assert(
      fc.property(zones, rules, minutes, minutes, time, (timeZone, rule, begin, length, now) => {
        const from = Temporal.PlainDateTime.from('2026-01-04T00:00').add({ minutes: begin });
        const until = from.add({ minutes: length });
        const made = createSpans({ timeZone, rule, except: [], from: from.toString(), until: until.toString() });
        const { lasts, until: end } = made.at(now);
        if (end === undefined) return;
        expect(end).toBeGreaterThan(now);
        expect(made.at(end - 1)).toEqual({ lasts, until: end });
        expect(made.at(end).lasts).toBe(!lasts);
      }),
      { numRuns: 150 },
    );
  });
});
