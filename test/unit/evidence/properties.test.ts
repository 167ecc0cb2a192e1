import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignalReading } from '../../../src/domain/evidence/evidence-report.ts';
import { scoreSignal } from '../../../src/domain/evidence/score-signal.ts';
import { median, medianAbsoluteDeviation } from '../../../src/domain/evidence/statistics.ts';
import { weighEvidence } from '../../../src/domain/evidence/weigh-evidence.ts';
import { type EvidenceSignal, evidenceClauseSchema } from '../../../src/domain/plan/evidence-clause.ts';
import { aSignal } from './clauses.ts';

const value = fc.oneof(
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  fc.integer({ min: -3, max: 3 }), // Ties and constant pasts.
);
const past = fc.array(value, { minLength: 10, maxLength: 40 });
const gap = fc.constantFrom('unavailable', 'stale', 'empty', 'not_configured', 'few_samples' as const);
const reading = fc.record({
  value: fc.oneof({ weight: 4, arbitrary: value }, gap),
  past: fc.oneof({ weight: 4, arbitrary: past }, gap),
}) as fc.Arbitrary<SignalReading>;
const signal = fc
  .record({
    weight: fc.double({ min: 0.001, max: 100, noNaN: true }),
    abnormal: fc.constantFrom('higher', 'lower'),
    minChange: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1000, noNaN: true })),
    deviations: fc
      .tuple(fc.double({ min: 0, max: 10, noNaN: true }), fc.double({ min: 0.001, max: 10, noNaN: true }))
      .map(([from, width]) => ({ from, full: from + width })),
  })
  .map((overrides) => aSignal(overrides));
const evidence = fc.array(fc.tuple(signal, reading), { minLength: 1, maxLength: 10 });

const weigh = (parts: readonly (readonly [EvidenceSignal, SignalReading])[], threshold = 0.5) =>
  weighEvidence(
    evidenceClauseSchema.parse({ threshold, signals: parts.map(([one]) => one) }),
    parts.map(([, read]) => read),
  );

describe('whatever the signals', () => {
  it('the confidence and every score lie in 0..1, and the report is plain JSON', () => {
    fc.assert(
      fc.property(evidence, (parts) => {
        const report = weigh(parts);
        for (const share of [report.confidence, ...report.signals.map(({ score }) => score)]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(report.enough).toBe(report.confidence >= 0.5);
        // Whether -0 comes out as 0 is of no account.
        expect(JSON.stringify(JSON.parse(JSON.stringify(report)))).toBe(JSON.stringify(report));
      }),
    );
  });

  it('a signal that becomes more abnormal never lowers the confidence', () => {
    fc.assert(
      fc.property(evidence, fc.nat(), value, value, (parts, pick, one, other) => {
        const at = pick % parts.length;
        const [chosen, { past: before }] = parts[at]!;
        const toward = chosen.abnormal === 'higher' ? 1 : -1;
        const [less, more] = one * toward <= other * toward ? [one, other] : [other, one];
        const withValue = (now: number) => weigh(parts.with(at, [chosen, { value: now, past: before }])).confidence;
        expect(withValue(more)).toBeGreaterThanOrEqual(withValue(less));
      }),
    );
  });

  it('a signal that becomes unknown never raises the confidence', () => {
    fc.assert(
      fc.property(evidence, fc.nat(), gap, fc.boolean(), (parts, pick, why, ofPast) => {
        const at = pick % parts.length;
        const [chosen, read] = parts[at]!;
        const unknown = { ...read, ...(ofPast ? { past: why } : { value: why }) } as SignalReading;
        expect(weigh(parts.with(at, [chosen, unknown])).confidence).toBeLessThanOrEqual(weigh(parts).confidence);
      }),
    );
  });
});

describe('one outlier in the past', () => {
  const steady = fc.array(fc.double({ min: 9, max: 11, noNaN: true }), { minLength: 11, maxLength: 60 });

  it('moves the median by no more than to its neighbour, and it does not matter how far it lies', () => {
    fc.assert(
      fc.property(steady, fc.nat(), (values, pick) => {
        const at = pick % values.length;
        const sorted = values.toSorted((one, other) => one - other);
        const half = sorted.length / 2;
        const near = median(values.with(at, 1e6));
        expect(near).toBeGreaterThanOrEqual(sorted[Math.ceil(half) - 2]!);
        expect(near).toBeLessThanOrEqual(sorted[Math.floor(half) + 1]!);
        expect(median(values.with(at, 1e12))).toBe(near);
        expect(medianAbsoluteDeviation(values.with(at, 1e12))).toBe(medianAbsoluteDeviation(values.with(at, 1e6)));
        expect(medianAbsoluteDeviation(values.with(at, 1e12))).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('hides no clear incident, and makes none', () => {
    fc.assert(
      fc.property(steady, fc.nat(), fc.constantFrom(-1e12, 1e12), (values, pick, outlier) => {
        const spoilt = values.with(pick % values.length, outlier);
        const judge = (now: number) => scoreSignal(aSignal({ minChange: 2 }), { value: now, past: spoilt }).score;
        expect(judge(100)).toBe(1);
        expect(judge(10)).toBe(0);
      }),
    );
  });
});
