import type { Measured } from '../../runner/observe/prometheus-reader.ts';
import type { Paint } from '../../runner/report/paint.ts';
import type { Report } from './report.ts';
import { cellAt, sparkline, type SparkCell } from './sparkline.ts';
import type { Happening } from './story.ts';

export interface TimelineInput {
  readonly title: string;
  readonly report: Report;
  readonly happenings: readonly Happening[];
  /** p95 in seconds over time. */
  readonly p95: readonly Measured[];
  /** p95 in seconds that is still good. */
  readonly objective: number;
  /** Milliseconds since the epoch: the timeline's zero. */
  readonly surge: number;
  readonly lostOrders: number;
}

/** Widest plot, in characters. */
const MAX_CELLS = 80;

const INDENT = '  ';

/** What a person gets to see: p95 as a plot with the happenings marked on it, and each with its seconds below. */
export function renderTimeline(input: TimelineInput, paint: Paint): string {
  const { happenings, surge } = input;
  return [
    '',
    `${INDENT}${paint('strong', input.title)}`,
    '',
    ...plot(input, paint),
    '',
    ...happenings.map(({ at, text, tone }, index) => {
      const seconds = `${((at - surge) / 1000).toFixed(1)} s`.padStart(9);
      return `${INDENT}${paint('quiet', seconds)}  ${paint('quiet', markOf(index))}  ${paint(tone, text)}`;
    }),
    '',
    `${INDENT}${verdict(input, paint)}`,
    '',
  ].join('\n');
}

function plot({ p95, happenings, objective }: TimelineInput, paint: Paint): readonly string[] {
  const first = p95[0];
  const last = p95.at(-1);
  if (first === undefined || last === undefined) return [`${INDENT}${paint('quiet', 'no latency was measured')}`];
  const cells = sparkline({ series: p95, from: first.at, to: last.at + 1000, maxCells: MAX_CELLS });
  const bars = cells.map(({ bar, value }) => paint((value ?? 0) <= objective ? 'good' : 'bad', bar)).join('');
  return [`${INDENT}p95  ${bars}`, `${INDENT}     ${paint('quiet', marks(cells, happenings))}`];
}

/** Letters under the cells in which something happened; the earliest wins where two fall together. */
function marks(cells: readonly SparkCell[], happenings: readonly Happening[]): string {
  const row = cells.map(() => ' ');
  for (const [index, { at }] of happenings.entries()) {
    const cell = cellAt(cells, at);
    if (row[cell] === ' ') row[cell] = markOf(index);
  }
  return row.join('').trimEnd();
}

function markOf(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + index);
}

function verdict({ report, objective, lostOrders }: TimelineInput, paint: Paint): string {
  const { before, worst, after } = report.p95Seconds;
  const { replicas } = report;
  const good = after !== null && after <= objective;
  return [
    paint('strong', report.outcome),
    `replicas ${replicas.before} -> ${replicas.peak} -> ${replicas.after}`,
    `p95 ${seconds(before)} -> ${paint('bad', seconds(worst))} -> ${paint(good ? 'good' : 'bad', seconds(after))}`,
    `${lostOrders} orders lost`,
    `${report.historyEvents} history events`,
  ].join(paint('quiet', ' | '));
}

function seconds(value: number | null): string {
  if (value === null) return 'unknown';
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`;
}
