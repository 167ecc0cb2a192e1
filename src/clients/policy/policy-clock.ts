/** The time of a question, as rules about hours and days read it at `input.now`. In UTC; numbers as people write them. */
export interface PolicyNow {
  /** RFC 3339, to the second: `2026-03-01T22:05:00Z`. */
  readonly rfc3339: string;
  readonly unixSeconds: number;
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  readonly day: number;
  /** `Monday` to `Sunday`. */
  readonly weekday: string;
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
}

export interface PolicyClock {
  /** Milliseconds since the epoch. Default: the clock of this machine. */
  readonly now?: (() => number) | undefined;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** An instant, in milliseconds since the epoch, as policy reads it. */
export function policyNow(milliseconds: number): PolicyNow {
  const unixSeconds = Math.floor(milliseconds / 1000);
  const date = new Date(unixSeconds * 1000);
  return {
    rfc3339: date.toISOString().replace('.000Z', 'Z'),
    unixSeconds,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: WEEKDAYS[date.getUTCDay()] ?? '',
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}
