import { baselineRanges, thinnedMoments } from '../../domain/evidence/baseline-ranges.ts';
import { EvidenceGap, type SignalReading } from '../../domain/evidence/evidence-report.ts';
import type { EvidenceSignal, SignalSource } from '../../domain/plan/evidence-clause.ts';
import type { JaegerClient } from '../jaeger/jaeger-client.ts';
import { measureTraces } from '../jaeger/measure-traces.ts';
import { SourceUnavailable } from './source-unavailable.ts';

/** Jaeger has to be asked for each value of the past, and sends whole traces: so many values are enough for a median. */
const MAX_WINDOWS = 60;

/** Requests at the same time; Jaeger's stores are not made for more. */
const CONCURRENCY = 4;

export interface JaegerRequest {
  readonly source: Extract<SignalSource, { kind: 'jaeger' }>;
  readonly baseline: EvidenceSignal['baseline'];
  /** Our clock, in seconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** The value of now and those of the past, each from the traces of one window. Aborting rejects with its reason. */
export async function readJaeger(
  jaeger: JaegerClient,
  { source, baseline, now, signal }: JaegerRequest,
): Promise<SignalReading> {
  const { service, operation, windowSeconds } = source;
  const read = async (end: number) => {
    const traces = await jaeger.findTraces({
      service,
      ...(operation === undefined ? {} : { operation }),
      start: end - windowSeconds,
      end,
      signal,
    });
    return measureTraces(traces, source);
  };
  try {
    const value = await read(now);
    if (value === undefined) return { value: EvidenceGap.Empty, past: [] };
    // Windows that overlap would count the same traces twice.
    const stepSeconds = Math.max(baseline.stepSeconds, windowSeconds);
    const past = await eachOf(thinnedMoments(baselineRanges({ ...baseline, stepSeconds }, now), MAX_WINDOWS), read);
    return { value, past: past.filter((known) => known !== undefined) };
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return { value: EvidenceGap.Unavailable, past: EvidenceGap.Unavailable };
  }
}

/** Reads a few at a time. The first that fails ends it: a source that is away must not be asked sixty times. */
async function eachOf<T>(moments: readonly number[], read: (moment: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let from = 0; from < moments.length; from += CONCURRENCY) {
    results.push(...(await Promise.all(moments.slice(from, from + CONCURRENCY).map(read))));
  }
  return results;
}
