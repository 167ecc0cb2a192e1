import { writeFile } from 'node:fs/promises';
import type { Measurement } from '../benchmark.ts';

/** Writes what REPORT=FILE asks for: a list of `name, value, unit, floor, ratio, n`. */
export async function writeReport(file: string, measurements: readonly Measurement[]): Promise<void> {
  const list = measurements.map(({ name, value, unit, floor, ratio, n }) => ({
    ...{ name, value: round(value), unit },
    ...{ floor: floor === null ? null : round(floor), ratio: ratio === null ? null : round(ratio), n },
  }));
  await writeFile(file, `${JSON.stringify(list, undefined, 2)}\n`);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
