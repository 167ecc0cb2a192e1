import type { EvidenceClause } from '../plan/evidence-clause.ts';
import { EvidenceGap, type EvidenceReport, type SignalReading, type SignalScore } from './evidence-report.ts';
import { scoreSignal } from './score-signal.ts';

/** Longest summary, in characters: it is shown in lists and chats. */
const MAX_SUMMARY = 500;

/** Stands in for a signal that was never read. */
const NEVER: SignalReading = { value: EvidenceGap.Empty, past: [] };

/** What the readings, in the order of the plan's signals, add up to. */
export function weighEvidence(clause: EvidenceClause, readings: readonly SignalReading[]): EvidenceReport {
  const { threshold } = clause;
  const signals = clause.signals.map((signal, index) => scoreSignal(signal, readings[index] ?? NEVER));
  const weights = signals.reduce((sum, { weight }) => sum + weight, 0);
  // Weights are positive and scores at most 1; only rounding could lead out of 0..1.
  const confidence = Math.min(1, signals.reduce((sum, { weight, score }) => sum + weight * score, 0) / weights);
  const enough = confidence >= threshold;
  return { confidence, threshold, enough, summary: summarize({ confidence, threshold, signals }), signals };
}

/** `Confidence 0.83 of 0.7 wanted: p95 latency 1.9 s (usually 0.14 s), log errors unknown (unavailable)` */
function summarize({ confidence, threshold, signals }: Omit<EvidenceReport, 'enough' | 'summary'>): string {
  const text = `Confidence ${shown(confidence)} of ${shown(threshold)} wanted: ${signals.map(describe).join(', ')}`;
  return text.length <= MAX_SUMMARY ? text : `${text.slice(0, MAX_SUMMARY - 1).toWellFormed()}…`;
}

function describe({ name, unit, value, median, reason }: SignalScore): string {
  const why = reason?.replaceAll('_', ' ');
  if (value === null) return `${name} unknown (${why ?? 'never read'})`;
  const usual = median === null ? '' : `usually ${withUnit(median, unit)}`;
  const note = [usual, why].filter((part) => part !== undefined && part !== '').join('; ');
  return `${name} ${withUnit(value, unit)} (${note})`;
}

function withUnit(value: number, unit: string): string {
  const text = String(Number(value.toPrecision(4)));
  return unit === '' ? text : `${text} ${unit}`;
}

/** Rounded down, so that what is shown never looks like enough when it is not. */
function shown(share: number): string {
  return String(Math.floor(share * 1000) / 1000);
}
