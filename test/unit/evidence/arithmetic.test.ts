import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvidenceReport, SignalReading } from '../../../src/domain/evidence/evidence-report.ts';
import { scoreSignal } from '../../../src/domain/evidence/score-signal.ts';
import { median, medianAbsoluteDeviation, quantile } from '../../../src/domain/evidence/statistics.ts';
import { weighEvidence } from '../../../src/domain/evidence/weigh-evidence.ts';
import { evidenceClauseSchema } from '../../../src/domain/plan/evidence-clause.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { aSignal } from './clauses.ts';

/** Median 10, MAD 1, so that one deviation is 1.4826. */
const past = [7, 8, 9, 9, 10, 10, 10, 11, 11, 12, 13];

describe('statistics', () => {
  it.each([
    [[3, 1, 2], 2, 1],
    [[4, 1, 3, 2], 2.5, 1],
    [[5], 5, 0],
    [past, 10, 1],
  ])('of %j: median %d, MAD %d', (values, middle, mad) => {
    expect(median(values)).toBe(middle);
    expect(medianAbsoluteDeviation(values)).toBe(mad);
  });

  it('knows no median of nothing', () => {
    expect(() => median([])).toThrow(RangeError);
  });

  it.each([
    [0.5, 2],
    [0.95, 4],
    [1, 4],
    [0, 1],
  ])('takes the quantile %d by the nearest rank', (share, expected) => {
    expect(quantile([4, 2, 3, 1], share)).toBe(expected);
    expect(quantile([], share)).toBeUndefined();
  });
});

describe('the score of a signal', () => {
  const score = (value: number, more: Record<string, unknown> = {}) => scoreSignal(aSignal(more), { value, past });

  it.each([
    ['as usual', 10, 0],
    ['below', 2, 0],
    ['up to 2 deviations', 10 + 2 * 1.4826, 0],
    ['half-way', 10 + 4 * 1.4826, 0.5],
    ['at 6 deviations', 10 + 6 * 1.4826, 1],
    ['far beyond', 1000, 1],
  ])('%s: %d scores %d', (_, value, expected) => {
    expect(score(value).score).toBeCloseTo(expected, 9);
  });

  it('counts deviations from the median, positive on the abnormal side', () => {
    expect(score(10 + 3 * 1.4826).deviations).toBeCloseTo(3, 9);
    expect(score(10 + 3 * 1.4826, { abnormal: 'lower' }).deviations).toBeCloseTo(-3, 9);
    expect(score(10 - 6 * 1.4826, { abnormal: 'lower' }).score).toBeCloseTo(1, 9);
  });

  it('takes a change below minChange for noise, whatever the deviations say', () => {
    expect(score(20, { minChange: 10.5 }).score).toBe(0);
    expect(score(20, { minChange: 9.5 }).score).toBe(1);
  });

  it('follows the ramp of the plan', () => {
    expect(score(10 + 1.4826, { deviations: { from: 0, full: 2 } }).score).toBeCloseTo(0.5, 9);
  });

  it.each(['unavailable', 'empty', 'stale', 'not_configured'] as const)('is 0 where the value is %s', (value) => {
    expect(scoreSignal(aSignal(), { value, past })).toMatchObject({ score: 0, value: null, reason: value });
  });

  it('is 0 where the past is unknown or too short', () => {
    expect(scoreSignal(aSignal(), { value: 99, past: 'unavailable' })).toMatchObject({
      score: 0,
      reason: 'unavailable',
    });
    expect(scoreSignal(aSignal(), { value: 99, past: past.slice(0, 9) })).toMatchObject({
      ...{ score: 0, reason: 'few_samples', samples: 9, median: null },
    });
  });

  describe('against a past that never changes', () => {
    const constant = Array.from({ length: 20 }, () => 0);
    it('is judged by minChange alone', () => {
      const signal = aSignal({ minChange: 5 });
      expect(scoreSignal(signal, { value: 4.9, past: constant })).toMatchObject({ score: 0, mad: 0, deviations: null });
      expect(scoreSignal(signal, { value: 5, past: constant })).toMatchObject({ score: 1, mad: 0, deviations: null });
      expect(scoreSignal(signal, { value: -5, past: constant }).score).toBe(0);
    });

    it('says nothing without minChange, and why', () => {
      expect(scoreSignal(aSignal(), { value: 5, past: constant })).toMatchObject({
        ...{ score: 0, reason: 'constant_baseline' },
      });
      expect(scoreSignal(aSignal(), { value: 0, past: constant }).reason).toBeUndefined();
    });
  });
});

describe('the confidence', () => {
  it('reaches its threshold exactly', () => {
    const clause = evidenceClauseSchema.parse({ threshold: 0.5, signals: [aSignal(), aSignal({ name: 'other' })] });
    const report = weighEvidence(clause, [
      { value: 1000, past },
      { value: 10, past },
    ]);
    expect(report).toMatchObject({ confidence: 0.5, enough: true });
  });

  it('never shows as enough in its sentence what is not', () => {
    const clause = evidenceClauseSchema.parse({ threshold: 0.7, signals: [aSignal()] });
    const report = weighEvidence(clause, [{ value: 10 + (2 + 4 * 0.69999) * 1.4826, past }]);
    expect(report.enough).toBe(false);
    expect(report.summary).toMatch(/^Confidence 0\.699 of 0\.7 wanted/);
  });

  it('counts a signal that was never read as unknown', () => {
    const clause = evidenceClauseSchema.parse({ threshold: 0.5, signals: [aSignal()] });
    expect(weighEvidence(clause, [])).toMatchObject({ confidence: 0, enough: false });
  });

  it('stays small in history, however long its words', () => {
    const signals = Array.from({ length: 10 }, (_, index) => aSignal({ name: `${index}`.padEnd(120, '\u{1f600}') }));
    const clause = evidenceClauseSchema.parse({ threshold: 0.5, signals });
    const report = weighEvidence(
      clause,
      signals.map(() => ({ value: 1 / 3, past: Array.from({ length: 10_000 }, (_, index) => Math.sin(index)) })),
    );
    expect(report.summary.length).toBeLessThanOrEqual(500);
    expect(report.summary.isWellFormed()).toBe(true);
    expect(JSON.stringify(report).length).toBeLessThan(8000);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('docs/evidence.md', () => {
  const text = readFileSync(join(packageRoot(), 'docs', 'evidence.md'), 'utf8');
  const [clause, readings, expected] = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json]): unknown =>
    JSON.parse(json ?? ''),
  ) as [unknown, SignalReading[], EvidenceReport];

  it('works out its example as the code does', () => {
    const rounded = JSON.parse(
      JSON.stringify(weighEvidence(evidenceClauseSchema.parse(clause), readings), (_, value: unknown) =>
        typeof value === 'number' ? Math.floor(value * 1000 + 1e-6) / 1000 : value,
      ),
    ) as EvidenceReport;
    expect(rounded).toEqual(expected);
  });
});
