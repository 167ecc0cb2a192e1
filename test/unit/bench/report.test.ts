import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { measured } from '../../../bench/benchmark.ts';
import { benchmarks } from '../../../bench/benchmarks/index.ts';
import { percentile } from '../../../bench/report/percentile.ts';
import { writeReport } from '../../../bench/report/report.ts';
import { renderTable } from '../../../bench/report/table.ts';

const measurements = [
  measured({ name: 'floor, p50', value: 4.5, unit: 'ms', n: 60 }),
  measured({ name: 'thing, p50', value: 123.4, unit: 'ms', floor: 40, n: 60 }),
];

describe('percentile', () => {
  it.each([
    [50, 3],
    [99, 5],
    [100, 5],
    [20, 1],
    [0, 1],
  ])('takes the nearest rank: p%i of 1 to 5 is %i', (percent, expected) => {
    expect(percentile([5, 3, 1, 4, 2], percent)).toBe(expected);
  });

  it('refuses to make up a figure from nothing', () => {
    expect(() => percentile([], 50)).toThrow('no samples');
  });
});

describe('the report', () => {
  it('is a list with the ratio to the floor, and null where there is none', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mendloop-report-'));
    try {
      await writeReport(join(directory, 'report.json'), measurements);
      expect(JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'))).toEqual([
        { name: 'floor, p50', value: 4.5, unit: 'ms', floor: null, ratio: null, n: 60 },
        { name: 'thing, p50', value: 123.4, unit: 'ms', floor: 40, ratio: 3.085, n: 60 },
      ]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('is a table for people, in columns', () => {
    const text = renderTable('Title', measurements, new PassThrough());
    expect(text.split('\n')).toEqual([
      '  Title',
      '               value    floor  ratio   n',
      '  floor, p50  4.5 ms                  60',
      '  thing, p50  123 ms  40.0 ms  3.08x  60',
    ]);
  });
});

describe('benchmarks', () => {
  it('have names of their own, for --only', () => {
    const names = benchmarks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
