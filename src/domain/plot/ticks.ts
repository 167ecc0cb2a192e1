/** A round step that divides a range into some `most` parts at most: 1, 2 or 5 times a power of ten. */
export function niceStep(low: number, high: number, most: number): number {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  // So near to zero that a power of ten is none.
  return factor * power || 1;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that people count time in, in ms. */
const TIME_STEPS = [
  ...[100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND],
  ...[MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY],
];

/** The same for time, in ms, by steps that people count it in; a single moment has seconds around it. */
export function timeStep(low: number, high: number, most: number): number {
  const rough = high > low ? (high - low) / Math.max(1, most) : SECOND;
  return TIME_STEPS.find((candidate) => candidate >= rough) ?? Math.ceil(rough / DAY) * DAY;
}

/** `+1 min`, `-500 ms`: a stretch of time in the unit that suits the step. */
export function elapsedLabel(ms: number, step: number): string {
  if (ms === 0) return '0';
  const [size, unit] =
    step >= DAY
      ? [DAY, 'd']
      : step >= HOUR
        ? [HOUR, 'h']
        : step >= MINUTE
          ? [MINUTE, 'min']
          : step >= SECOND
            ? [SECOND, 's']
            : [1, 'ms'];
  return `${ms < 0 ? '−' : '+'}${shortNumber(Math.abs(ms) / size)} ${unit}`;
}

const PREFIXES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'],
] as const;

/** Three significant digits: `0.142`, `1250`, `12.5k`, `3.4e-7`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  const [from, prefix] = PREFIXES.find(([least]) => size >= least) ?? [1, ''];
  const mantissa = from === 1e4 ? value / 1000 : value / from;
  const digits = Math.abs(mantissa) >= 1000 ? 4 : 3;
  return `${Number(mantissa.toPrecision(digits))}${prefix}`.replace(/^-/, '−');
}

/** A number with its unit. */
export function withUnit(value: number, unit: string): string {
  return unit === '' ? shortNumber(value) : `${shortNumber(value)} ${unit}`;
}

/** The multiples of a step within a range, smallest first. */
export function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  // Products, not sums, so that rounding does not add up; and no digits that only rounding made.
  return Array.from({ length: Math.max(0, count) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
