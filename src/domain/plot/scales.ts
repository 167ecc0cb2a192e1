import { cut, plainLine } from '../text/plain-text.ts';
import type { PlotInput, PlotMark, PlotPoint } from './plot-input.ts';

export const FONT_SIZE = 12;
const MAX_LABEL = 40;

/** Where everything goes, in pixels, and what the axes cover. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly origin: number;
  /** In ms from the origin. */
  readonly times: Axis;
  readonly values: Axis;
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What an axis covers, and where it is labelled. It ends at a label, past everything that is drawn on it. */
export interface Axis extends Range {
  readonly step: number;
  readonly ticks: readonly number[];
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

/** The value, if it is known and can be drawn. */
export function known({ value }: PlotPoint): number[] {
  return value !== null && isDrawable(value) ? [value] : [];
}

/** Within what a date can be. */
export function isMoment(at: number): boolean {
  return Math.abs(at) <= 8.64e15;
}

/** Far from where sums and products of it overflow. */
export function isDrawable(value: number): boolean {
  return Math.abs(value) <= 1e100;
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
export function extent(values: readonly number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
