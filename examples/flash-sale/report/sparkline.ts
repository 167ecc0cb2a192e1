import type { Measured } from '../../runner/observe/prometheus-reader.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One character of a sparkline. */
export interface SparkCell {
  /** Milliseconds since the epoch at which the cell begins. */
  readonly at: number;
  /** Highest value in the cell's time; undefined where nothing was measured. */
  readonly value: number | undefined;
  readonly bar: string;
}

export interface SparklineOptions {
  readonly series: readonly Measured[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Most cells to use; each then stands for a whole number of seconds. */
  readonly maxCells: number;
}

/** A series as bars from 0 to its own maximum. Several values in a cell show as their highest: a peak is never lost. */
export function sparkline({ series, from, to, maxCells }: SparklineOptions): readonly SparkCell[] {
  const stepMs = Math.max(1, Math.ceil((to - from) / 1000 / maxCells)) * 1000;
  const highest = Math.max(0, ...series.map(({ value }) => value));
  return Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, index) => {
    const at = from + index * stepMs;
    const values = series.filter((one) => one.at >= at && one.at < at + stepMs).map(({ value }) => value);
    const value = values.length === 0 ? undefined : Math.max(...values);
    return { at, value, bar: value === undefined ? ' ' : barOf(value, highest) };
  });
}

/** The cell that a moment falls into, as an index; clamped to the first and the last. */
export function cellAt(cells: readonly SparkCell[], at: number): number {
  const after = cells.findIndex((cell) => cell.at > at);
  return after === -1 ? cells.length - 1 : Math.max(0, after - 1);
}

function barOf(value: number, highest: number): string {
  const level = highest > 0 ? Math.round((Math.max(0, value) / highest) * (BARS.length - 1)) : 0;
  return BARS[level] ?? BARS[0];
}
