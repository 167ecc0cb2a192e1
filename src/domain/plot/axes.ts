import type { PlotInput } from './plot-input.ts';
import { type Axis, extent, isDrawable, isMoment, known, type Range } from './scales.ts';
import { multiples, niceStep, timeStep } from './ticks.ts';

/** Pixels between two labels. */
const VALUE_GAP = 26;
const TIME_GAP = 90;

/** From zero unless something is below it; in whole numbers where all values are. */
export function valueAxis({ series, threshold }: Pick<PlotInput, 'series' | 'threshold'>, pixels: number): Axis {
  const values = series.flatMap(({ points }) => points.flatMap(known));
  const isWhole = values.every(Number.isInteger);
  if (threshold !== undefined && isDrawable(threshold.value)) values.push(threshold.value);
  const [low, high] = extent([0, ...values]);
  if (high === low) return axis({ low: 0, high: 1 }, 1);
  const step = niceStep(low, high, Math.max(2, Math.floor(pixels / VALUE_GAP)));
  const whole = isWhole ? Math.max(1, step) : step;
  // Zero is no value that could be hidden by the edge.
  return axis({ low: low === 0 ? 0 : before(low, whole), high: high === 0 ? 0 : after(high, whole) }, whole);
}

/** In ms from the origin: every point, every mark, and what it is told to cover; undefined where there is none. */
export function timeAxis(
  { series, marks, times }: Pick<PlotInput, 'series' | 'marks' | 'times'>,
  { origin, pixels }: { readonly origin: number; readonly pixels: number },
): Axis | undefined {
  const moments = [...series.flatMap(({ points }) => points), ...marks].map(({ at }) => at).filter(isMoment);
  if (moments.length === 0) return undefined;
  const [first, last] = extent(times === undefined ? moments : [...moments, times.low, times.high]);
  const [low, high] = [first - origin, last - origin];
  const step = timeStep(low, high, Math.max(2, Math.floor(pixels / TIME_GAP)));
  return axis({ low: before(low, step), high: after(high, step) }, step);
}

function axis(range: Range, step: number): Axis {
  return { ...range, step, ticks: multiples(step, range.low, range.high) };
}

/** The last multiple before the value, and the first after it: a sign on the very edge would be cut in half. */
function before(value: number, step: number): number {
  return Number(((Math.ceil(value / step - 1e-9) - 1) * step).toPrecision(12));
}

function after(value: number, step: number): number {
  return Number(((Math.floor(value / step + 1e-9) + 1) * step).toPrecision(12));
}
