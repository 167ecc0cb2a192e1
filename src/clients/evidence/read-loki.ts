import { baselineRanges, momentsOf, type TimeRange } from '../../domain/evidence/baseline-ranges.ts';
import { EvidenceGap, type SignalReading } from '../../domain/evidence/evidence-report.ts';
import { renderLogQuery } from '../../domain/query/logql.ts';
import type { EvidenceSignal, SignalSource } from '../../domain/plan/evidence-clause.ts';
import type { LokiClient } from '../loki/loki-client.ts';
import type { LokiResult } from '../loki/response-schema.ts';
import { joinRanges, onlySeries, padded } from './only-series.ts';
import { SourceUnavailable } from './source-unavailable.ts';

export interface LokiRequest {
  readonly source: Extract<SignalSource, { kind: 'loki' }>;
  readonly baseline: EvidenceSignal['baseline'];
  /** Our clock, in seconds since the epoch: an empty answer of Loki does not tell its own. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * The value of now and those of the past of a LogQL metric query.
 *
 * @throws MendloopError `QueryInvalid` if Loki refuses the query; the signal's reason if it is aborted.
 */
export async function readLoki(
  loki: LokiClient,
  { source, baseline, now, signal }: LokiRequest,
): Promise<SignalReading> {
  const expr = renderLogQuery(source.query);
  const zero = source.whenEmpty === 'zero';
  const read = async (range: TimeRange) => {
    const answer = await loki.rangeQuery({ expr, ...range, signal });
    if (answer.resultType !== 'matrix') return EvidenceGap.WrongType;
    const values = onlySeries(answer.result ?? []);
    return zero && typeof values !== 'string' ? padded(values, momentsOf(range).length) : values;
  };
  try {
    const value = singleValue(await loki.instantQuery({ expr, at: now, signal }), zero);
    if (typeof value === 'string') return { value, past: [] };
    return { value, past: joinRanges(await Promise.all(baselineRanges(baseline, now).map(read))) };
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return { value: EvidenceGap.Unavailable, past: EvidenceGap.Unavailable };
  }
}

function singleValue(answer: LokiResult, zero: boolean): number | EvidenceGap {
  if (answer.resultType === 'scalar') return judged(answer.result.value);
  if (answer.resultType !== 'vector') return EvidenceGap.WrongType;
  const series = answer.result ?? [];
  if (series.length > 1) return EvidenceGap.ManySeries;
  const [only] = series;
  if (only === undefined) return zero ? 0 : EvidenceGap.Empty;
  return judged(only.value.value);
}

function judged(value: number): number | EvidenceGap {
  if (Number.isNaN(value)) return EvidenceGap.NotANumber;
  return Number.isFinite(value) ? value : EvidenceGap.Infinite;
}
