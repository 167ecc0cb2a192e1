import { describe, expect, it } from 'vitest';
import { windowsSchema } from '../../../src/config/windows-schema.ts';
import { createCalendar } from '../../../src/domain/windows/calendar.ts';
import { someWindows } from '../../support/windows.ts';

const DURING = Date.parse('2026-11-27T12:00:00Z');
const change = { namespace: 'shop', team: 'payments', action: 'scale' };
const refusal = (windows: Record<string, unknown>[], scope: Partial<typeof change> = {}, now = DURING) =>
  createCalendar(someWindows(...windows)).refusal({ ...change, ...scope }, now);

describe('a freeze', () => {
  it('holds back all that it covers, says why and until when', () => {
    expect(refusal([{ name: 'black-friday', reason: 'most of the year in four days' }])).toEqual({
      ...{ status: 'refused', reason: 'window', meanwhile: 'observe', until: Date.parse('2026-11-30T07:00:00Z') },
      text: 'Freeze black-friday, most of the year in four days (until 2026-11-30 07:00:00 UTC)',
    });
    expect(refusal([{}], {}, Date.parse('2026-11-30T07:00:00Z'))).toBeUndefined();
    expect(refusal([], {})).toBeUndefined();
  });

  it.each([
    [{ namespaces: ['shop'] }, true],
    [{ namespaces: ['sh*'] }, true],
    [{ namespaces: ['sho'] }, false],
    [{ namespaces: ['other', 'shop'], actions: ['drain'] }, false],
    [{ teams: ['payments'] }, true],
    [{ teams: ['pay*'], namespaces: ['shop'], actions: ['scale'] }, true],
    [{ teams: ['search'] }, false],
    [{ actions: ['scale', 'drain'] }, true],
  ])('of %j covers it: %s', (scope, covers) => {
    expect(refusal([scope]) !== undefined).toBe(covers);
  });

  it('of a namespace or a team says nothing of what has none', () => {
    const bare = { namespace: '', team: undefined as unknown as string };
    expect(refusal([{ namespaces: ['*'] }], bare)).toBeUndefined();
    expect(refusal([{ teams: ['*'] }], bare)).toBeUndefined();
    expect(refusal([{}], bare)).toBeDefined();
  });
});

describe('hours for changes', () => {
  const hours = {
    ...{ name: 'office', kind: 'hours', from: '2026-01-05T09:00', until: '2026-01-05T17:00' },
    rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  };
  const night = Date.parse('2026-11-27T22:00:00Z');

  it('hold changes back outside of them, until the next begin', () => {
    expect(refusal([hours], {}, DURING)).toBeUndefined();
    expect(refusal([hours], {}, night)).toMatchObject({
      ...{ meanwhile: 'wait', until: Date.parse('2026-11-30T08:00:00Z') },
      text: expect.stringContaining('Outside of the hours office') as string,
    });
  });

  it('of which one lasts are enough, where several cover the change', () => {
    const nightly = {
      ...hours,
      name: 'nightly',
      from: '2026-01-05T20:00',
      until: '2026-01-06T04:00',
      namespaces: ['batch'],
    };
    expect(refusal([hours, nightly], { namespace: 'batch' }, night)).toBeUndefined();
    expect(refusal([hours, nightly], { namespace: 'shop' }, night)).toBeDefined();
  });

  it('give way to a freeze, and the end is when both allow it', () => {
    const freeze = { name: 'release', from: '2026-11-27T00:00', until: '2026-12-05T12:00' };
    // The freeze ends on a Saturday.
    expect(refusal([hours, freeze])).toMatchObject({
      ...{ meanwhile: 'observe', until: Date.parse('2026-12-07T08:00:00Z') },
      text: expect.stringContaining('Freeze release') as string,
    });
  });

  it('that never come again have no end', () => {
    const over = { kind: 'hours', from: '2026-01-05T09:00', until: '2026-01-05T17:00' };
    const found = refusal([over]);
    expect(found).toMatchObject({ text: expect.stringContaining('no end is known') as string });
    expect(found).not.toHaveProperty('until');
  });
});

it('is asked anew when time has passed, and when a clock was put back', () => {
  const calendar = createCalendar(someWindows({}));
  const asked = (time: string) => calendar.refusal(change, Date.parse(time)) !== undefined;
  expect(['2026-11-27T12:00Z', '2026-12-01T00:00Z', '2026-11-29T00:00Z', '2026-11-01T00:00Z'].map(asked)).toEqual([
    ...[true, false, true, false],
  ]);
});

it('readings say how each stands', () => {
  expect(createCalendar(someWindows({ namespaces: ['shop'], actions: ['scale'] })).readings(DURING)).toEqual([
    {
      ...{ name: 'window 1', kind: 'freeze', meanwhile: 'observe', timeZone: 'Europe/Berlin', lasts: true },
      ...{ until: Date.parse('2026-11-30T07:00:00Z'), scope: 'scale in shop' },
    },
  ]);
});

describe('settings that are no window', () => {
  const window = { name: 'w', kind: 'freeze', from: '2026-11-26T18:00', until: '2026-11-30T08:00' };
  it.each([
    [{ kind: 'freze' }, 'kind'],
    [{ timeZone: 'Europe/Berln' }, 'timeZone'],
    [{ from: '2026-11-26' }, 'from'],
    [{ from: '2026-11-26T18:00Z' }, 'from'],
    [{ from: '2026-02-30T18:00' }, 'from'],
    [{ until: '2026-11-26T18:00' }, 'until'],
    [{ until: '2028-11-26T18:00' }, 'until'],
    [{ rule: 'FREQ=DAYLY' }, 'rule'],
    [{ rule: 'FREQ=MONTHLY;BYMONTHDAY=32' }, 'rule'],
    [{ except: ['tomorrow'] }, 'except.0'],
    [{ actions: ['scael'] }, 'actions.0'],
    [{ namespaces: [] }, 'namespaces'],
    [{ meanwhile: 'nothing' }, 'meanwhile'],
    [{ namespace: 'shop' }, ''],
  ])('%j: the error names %s', (fault, key) => {
    const { error } = windowsSchema.safeParse([{ ...window, ...fault }]);
    expect(error?.issues.map(({ path }) => path.slice(1).join('.'))).toEqual([key]);
  });

  it('two of one name are refused', () => {
    expect(windowsSchema.safeParse([window, window]).error?.issues).toMatchObject([{ path: [1, 'name'] }]);
  });
});
