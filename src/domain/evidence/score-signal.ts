import type { EvidenceSignal } from '../plan/evidence-clause.ts';
import { EvidenceGap, type SignalReading, type SignalScore } from './evidence-report.ts';
import { median, medianAbsoluteDeviation, robustSigma } from './statistics.ts';

/**
 * How abnormal a signal is, in 0..1. The arithmetic is told in docs/evidence.md, with an example that a test recomputes.
 *
 * Whatever is not known scores 0: unknown is not good.
 */
export function scoreSignal(signal: EvidenceSignal, { value, past }: SignalReading): SignalScore {
  const { name, unit, weight } = signal;
  const known = typeof value === 'number' ? value : null;
  const samples = typeof past === 'string' ? 0 : past.length;
  const silent = { name, unit, weight, samples, value: known, median: null, mad: null, deviations: null, score: 0 };
  if (typeof value === 'string') return { ...silent, reason: value };
  if (typeof past === 'string') return { ...silent, reason: past };
  if (samples < signal.baseline.minSamples) return { ...silent, reason: EvidenceGap.FewSamples };

  const middle = median(past);
  const mad = medianAbsoluteDeviation(past, middle);
  const baseline = { ...silent, median: middle, mad };
  const change = signal.abnormal === 'higher' ? value - middle : middle - value;
  if (mad === 0) return { ...baseline, ...scoreFromConstant(change, signal.minChange) };
  const deviations = change / robustSigma(mad);
  const counts = change > 0 && change >= signal.minChange;
  return { ...baseline, deviations: finite(deviations), score: counts ? ramp(deviations, signal.deviations) : 0 };
}

/**
 * More than half of the past is one and the same value, so that there is no measure of what change is usual. Any change
 * would be infinitely many deviations: only the plan's `minChange` can tell a change that counts from noise.
 */
function scoreFromConstant(change: number, minChange: number): Pick<SignalScore, 'score' | 'reason'> {
  if (minChange === 0) return { score: 0, ...(change > 0 ? { reason: EvidenceGap.ConstantBaseline } : {}) };
  return { score: change >= minChange ? 1 : 0 };
}

/** 0 up to `from`, 1 from `full` on, a straight line in between. */
function ramp(deviations: number, { from, full }: EvidenceSignal['deviations']): number {
  return Math.min(1, Math.max(0, (deviations - from) / (full - from)));
}

/** JSON has no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
