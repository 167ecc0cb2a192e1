import { styleText } from 'node:util';
import type { Measurement } from '../benchmark.ts';

const HEADINGS = ['', 'value', 'floor', 'ratio', 'n'] as const;

/** Measurements as a table for people. `stream` decides about colours: they are for terminals without NO_COLOR. */
export function renderTable(
  title: string,
  measurements: readonly Measurement[],
  stream: NodeJS.WritableStream,
): string {
  const rows = measurements.map(cellsOf);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')}`;
  return [
    styleText('bold', `  ${title}`, { stream }),
    styleText('gray', line(HEADINGS), { stream }),
    ...rows.map((row) => line(row)),
  ].join('\n');
}

function cellsOf({ name, value, unit, floor, ratio, n }: Measurement): readonly string[] {
  return [
    name,
    `${short(value)} ${unit}`,
    floor === null ? '' : `${short(floor)} ${unit}`,
    ratio === null ? '' : `${ratio.toFixed(2)}x`,
    String(n),
  ];
}

/** Three digits are more than a shared machine reproduces. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
