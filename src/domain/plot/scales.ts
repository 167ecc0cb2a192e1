import { cut, plainLine } from '../text/plain-text.ts';
import type { PlotInput, PlotMark, PlotPoint } from './plot-input.ts';
import { niceTicks } from './ticks.ts';

export const FONT_SIZE = 12;
const MAX_LABEL = 40;

/** Where everything goes, in pixels, and what the axes cover. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly origin: number;
  readonly times: Range;
  readonly values: Range;
  readonly valueTicks: readonly number[];
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Close enough for a place to be left free: no fonts are known here. */
export function textWidth(text: string): number {
  return text.length * FONT_SIZE * 0.56;
}

/** Text from outside as a label. */
export function label(text: string, max = MAX_LABEL): string {
  return cut(plainLine(text), max);
}

/** Where the time axis begins to count. */
export function originOf({ origin, marks, series }: PlotInput): number {
  if (origin !== undefined && isMoment(origin)) return origin;
  const act = marks.find(({ kind = 'act' }) => kind === 'act');
  const first = act?.at ?? extent(series.flatMap(({ points }) => points.map(({ at }) => at)))[0];
  return isMoment(first) ? first : 0;
}

/** What the time axis covers: every point and every mark, and never nothing. */
export function timeRange({ series, marks }: Pick<PlotInput, 'series' | 'marks'>): Range | undefined {
  const moments = [...series.flatMap(({ points }) => points), ...marks].map(({ at }) => at).filter(isMoment);
  if (moments.length === 0) return undefined;
  const [low, high] = extent(moments);
  if (high > low) {
    const margin = (high - low) * 0.02;
    return { low: low - margin, high: high + margin };
  }
  return { low: low - 1000, high: high + 1000 };
}

/** What the value axis covers: from zero unless something is below it, with room above. */
export function valueRange({ series, threshold }: Pick<PlotInput, 'series' | 'threshold'>): Range {
  const values = series.flatMap(({ points }) => points.flatMap(known));
  if (threshold !== undefined && isDrawable(threshold.value)) values.push(threshold.value);
  const [low, high] = extent([0, ...values]);
  if (high === low) return { low: 0, high: 1 };
  return { low: low < 0 ? low * 1.08 : 0, high: high > 0 ? high * 1.08 : 0 };
}

/** The value, if it is known and can be drawn. */
export function known({ value }: PlotPoint): number[] {
  return value !== null && isDrawable(value) ? [value] : [];
}

/** Within what a date can be. */
export function isMoment(at: number): boolean {
  return Math.abs(at) <= 8.64e15;
}

/** Far from where sums and products of it overflow. */
function isDrawable(value: number): boolean {
  return Math.abs(value) <= 1e100;
}

/** Ticks of the value axis; whole numbers where all values are. */
export function valueTicks({ low, high }: Range, pixels: number, series: PlotInput['series']): number[] {
  const ticks = niceTicks(low, high, Math.max(2, Math.floor(pixels / 26)));
  const isWhole = series.every(({ points }) => points.flatMap(known).every(Number.isInteger));
  return isWhole ? ticks.filter(Number.isInteger) : ticks;
}

export interface PlacedMark extends PlotMark {
  readonly text: string;
  readonly row: number;
  readonly anchor: 'start' | 'end';
}

/** Rows of labels above the plot; a mark for which none is free goes without its label. */
export const MAX_ROWS = 3;

/**
 * Puts the labels of marks beside or above each other, so that none covers another. The latest come first, into the
 * lowest row: labels stand to the right of their lines, so that the line of an earlier one passes no later label.
 */
export function placeMarks(
  marks: readonly PlotMark[],
  { x, right }: { readonly x: (at: number) => number; readonly right: number },
): PlacedMark[] {
  const ends: { from: number; to: number }[][] = [];
  return marks
    .filter(({ at }) => isMoment(at))
    .toSorted((one, other) => other.at - one.at)
    .map((mark) => {
      const text = label(mark.label);
      const width = textWidth(text) + 10;
      const start = x(mark.at);
      const anchor = start + width > right ? 'end' : 'start';
      const span = anchor === 'start' ? { from: start, to: start + width } : { from: start - width, to: start };
      let row = 0;
      while (ends[row]?.some(({ from, to }) => span.from < to && from < span.to)) row += 1;
      (ends[row] ??= []).push(span);
      return { ...mark, text, row, anchor };
    });
}

/** Not by spreading: there may be more values than a call takes arguments. */
function extent(values: readonly number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
