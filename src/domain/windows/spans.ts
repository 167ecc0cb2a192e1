import { Temporal } from 'temporal-polyfill';
import { createRecurrence, type Recurrence } from './recurrence.ts';
import type { ChangeWindow } from './window.ts';

/** Where a window stands at a time, and until when that is so. Epoch ms. */
export interface Standing {
  readonly lasts: boolean;
  /** Absent: for ever. */
  readonly until?: number;
}

/** Spans that follow each other without a gap are one, up to so many. */
const MAX_JOINED = 400;

type Times = Pick<ChangeWindow, 'timeZone' | 'from' | 'until' | 'rule' | 'except'>;

/**
 * When a window lasts. Beginning and end are looked up on the clock of its time zone, so that it ends when that clock shows
 * the end, however long the night was; a time that a change of clocks leaves out counts as the one an hour later, and of
 * one that comes twice the beginning is the first and the end the last.
 *
 * @throws Error if the rule is none.
 */
export function createSpans({ timeZone, from, until, rule, except }: Times): { at(time: number): Standing } {
  const first = Temporal.PlainDateTime.from(from);
  const length = first.until(Temporal.PlainDateTime.from(until), { largestUnit: 'day' });
  const recurrence = rule === undefined ? onceAt(first) : createRecurrence({ rule, from, timeZone });
  const excepted = new Set(except);
  const counts = (begin: Temporal.PlainDateTime) => !excepted.has(begin.toPlainDate().toString());
  const beginning = (time: Temporal.PlainDateTime) => epoch(time, timeZone, 'compatible');
  const ending = (time: Temporal.PlainDateTime) => epoch(time.add(length), timeZone, 'later');

  function endOfSpanAt(time: number): number | undefined {
    const there = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timeZone).toPlainDateTime();
    // A day more on both sides than any change of clocks could move it.
    const begins = recurrence
      .between(there.subtract(length).subtract({ days: 1 }), there.add({ days: 1 }))
      .filter(counts);
    const ends = begins.filter((begin) => beginning(begin) <= time && time < ending(begin)).map(ending);
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  function nextBeginning(time: number): number | undefined {
    let there = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timeZone).toPlainDateTime();
    there = there.subtract({ days: 1 });
    for (let tries = 0; tries < MAX_JOINED; tries += 1) {
      const begin = recurrence.next(there);
      if (begin === undefined) return undefined;
      if (counts(begin) && beginning(begin) > time) return beginning(begin);
      there = begin.add({ seconds: 1 });
    }
    return undefined;
  }

  return {
    at(time) {
      let end = endOfSpanAt(time);
      if (end === undefined) {
        const until = nextBeginning(time);
        return { lasts: false, ...(until === undefined ? {} : { until }) };
      }
      for (let joined = 0; joined < MAX_JOINED; joined += 1) {
        const further = endOfSpanAt(end);
        if (further === undefined) return { lasts: true, until: end };
        end = further;
      }
      return { lasts: true };
    },
  };
}

function onceAt(begin: Temporal.PlainDateTime): Recurrence {
  const compare = (one: Temporal.PlainDateTime, other: Temporal.PlainDateTime) =>
    Temporal.PlainDateTime.compare(one, other);
  return {
    between: (first, last) => (compare(begin, first) >= 0 && compare(begin, last) <= 0 ? [begin] : []),
    next: (from) => (compare(begin, from) >= 0 ? begin : undefined),
  };
}

function epoch(time: Temporal.PlainDateTime, timeZone: string, disambiguation: 'compatible' | 'later'): number {
  return time.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds;
}
