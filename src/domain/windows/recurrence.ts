import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';

const INTEGER = (from: number, to: number) => (value: string) => {
  const number = Math.abs(Number(value));
  return /^[+-]?\d{1,3}$/.test(value) && number >= from && number <= to;
};

/** Parts of a rule, and what each value of theirs has to be. RFC 5545, 3.3.10; nothing here lasts less than a day. */
const PARTS: Readonly<Record<string, (value: string) => boolean>> = {
  FREQ: (value) => ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(value),
  INTERVAL: (value) => /^\d{1,4}$/.test(value) && Number(value) > 0,
  COUNT: (value) => /^\d{1,5}$/.test(value) && Number(value) > 0,
  UNTIL: (value) => /^\d{8}(T\d{6}Z?)?$/.test(value),
  BYDAY: (value) => /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.test(value),
  BYMONTH: (value) => INTEGER(1, 12)(value) && !value.startsWith('-'),
  BYMONTHDAY: INTEGER(1, 31),
  BYYEARDAY: INTEGER(1, 366),
  BYWEEKNO: INTEGER(1, 53),
  BYSETPOS: INTEGER(1, 366),
  WKST: (value) => /^(MO|TU|WE|TH|FR|SA|SU)$/.test(value),
};

/** Why a text is no rule; undefined if it is one. */
function ruleProblem(rule: string): string | undefined {
  const seen = new Set<string>();
  for (const part of rule.split(';')) {
    const [, name = '', values = ''] = /^([A-Z]+)=(.+)$/.exec(part) ?? [];
    const isValid = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (isValid === undefined)
      return `${JSON.stringify(part)} is no part of a rule; there are ${Object.keys(PARTS).join(', ')}`;
    if (seen.has(name)) return `${name} stands in it twice`;
    seen.add(name);
    const wrong = values.split(',').find((value) => !isValid(value));
    if (wrong !== undefined) return `${name} has the value ${JSON.stringify(wrong)}`;
  }
  if (!seen.has('FREQ')) return 'FREQ is missing';
  return seen.has('COUNT') && seen.has('UNTIL') ? 'COUNT and UNTIL exclude each other' : undefined;
}

/** Beginnings of what recurs, by the clock on the wall. */
export interface Recurrence {
  /** Those from `first` to `last`, both included. */
  between(first: Temporal.PlainDateTime, last: Temporal.PlainDateTime): Temporal.PlainDateTime[];
  /** The first at or after a time; undefined: there is none. */
  next(from: Temporal.PlainDateTime): Temporal.PlainDateTime | undefined;
}

/**
 * A rule is worked out on a clock that never changes, and only its results are looked up in the time zone: by RFC 5545 a
 * beginning that falls into the hour which a change of clocks leaves out would be left out too, and a freeze with it.
 *
 * @throws Error if the text is no rule, or one that never comes true.
 */
export function createRecurrence({
  rule,
  from,
  timeZone,
}: {
  readonly rule: string;
  readonly from: string;
  readonly timeZone: string;
}): Recurrence {
  const problem = ruleProblem(rule);
  if (problem !== undefined) throw new Error(problem);
  const rrule = new RRuleTemporal({
    rruleString: untilOnTheWall(rule, timeZone),
    dtstart: onTheWall(Temporal.PlainDateTime.from(from)),
    temporal: Temporal,
    strict: true,
    cache: false,
  });
  const plain = (time: { toString(): string }) => Temporal.ZonedDateTime.from(time.toString()).toPlainDateTime();
  const recurrence: Recurrence = {
    between: (first, last) => rrule.between(instant(first), instant(last), true).map(plain),
    next: (time) => {
      const found = rrule.next(instant(time), true);
      return found === null ? undefined : plain(found);
    },
  };
  if (recurrence.next(Temporal.PlainDateTime.from(from)) === undefined) throw new Error('it never comes true');
  return recurrence;
}

function onTheWall(time: Temporal.PlainDateTime): Temporal.ZonedDateTime {
  return time.toZonedDateTime('UTC');
}

function instant(time: Temporal.PlainDateTime): Date {
  return new Date(onTheWall(time).epochMilliseconds);
}

/** The last beginning, in UTC by RFC 5545, on the clock that the rule is worked out on; a day counts to its end. */
function untilOnTheWall(rule: string, timeZone: string): string {
  return rule.replace(
    /UNTIL=(\d{8})(?:T(\d{6}))?(Z?)/,
    (_whole, day: string, time: string | undefined, zone: string) => {
      if (zone === '') return `UNTIL=${day}T${time ?? '235959'}Z`;
      const text = `${day}T${time ?? '000000'}`.replace(/^(....)(..)(..)T(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
      const there = Temporal.Instant.from(text).toZonedDateTimeISO(timeZone).toPlainDateTime();
      return `UNTIL=${there.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')}Z`;
    },
  );
}
