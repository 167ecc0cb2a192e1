const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`: two units at most. */
export function duration(ms: number): string {
  const left = Math.max(0, ms);
  if (left < MINUTE) return `${left < 10 * SECOND ? Number((left / SECOND).toFixed(1)) : Math.floor(left / SECOND)} s`;
  if (left < HOUR) return two(left, [MINUTE, 'min'], [SECOND, 's']);
  if (left < DAY) return two(left, [HOUR, 'h'], [MINUTE, 'min']);
  return two(left, [DAY, 'd'], [HOUR, 'h']);
}

function two(ms: number, [large, largeUnit]: [number, string], [small, smallUnit]: [number, string]): string {
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms - whole * large) / small);
  return rest === 0 ? `${whole} ${largeUnit}` : `${whole} ${largeUnit} ${rest} ${smallUnit}`;
}

/** `just now`, `5 min ago`, `in 2 h`: coarse, so that it changes no oftener than it has to. */
export function relative(at: number, now: number): string {
  const ago = now - at;
  const size = Math.abs(ago);
  if (size < 5 * SECOND) return 'just now';
  const [unit, name] =
    size < MINUTE ? [5 * SECOND, 's'] : size < HOUR ? [MINUTE, 'min'] : size < 2 * DAY ? [HOUR, 'h'] : [DAY, 'd'];
  const count = Math.floor(size / unit) * (name === 's' ? 5 : 1);
  return ago > 0 ? `${count} ${name} ago` : `in ${count} ${name}`;
}

/** Local date and time with the zone, for people: `24 Nov 2026, 22:40:05 UTC`. */
export function fullTime(at: number): string {
  return formatted(at, { dateStyle: 'medium', timeStyle: 'long' });
}

/** Local time of day to the second. */
export function clock(at: number): string {
  return formatted(at, { timeStyle: 'medium' });
}

/** `24 Nov, 22:40` */
export function shortTime(at: number): string {
  return formatted(at, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(at: number, options: Intl.DateTimeFormatOptions): string {
  if (!Number.isFinite(at)) return 'unknown';
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', options);
  formats.set(key, format);
  return format.format(at);
}
