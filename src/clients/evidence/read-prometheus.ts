import { baselineRanges, momentsOf, type TimeRange } from '../../domain/evidence/baseline-ranges.ts';
import { EvidenceGap, type SignalReading } from '../../domain/evidence/evidence-report.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { EvidenceSignal, SignalSource } from '../../domain/plan/evidence-clause.ts';
import { renderQuery } from '../../domain/query/promql.ts';
import type { PrometheusClient } from '../prometheus/prometheus-client.ts';
import { readSignal } from '../prometheus/read-signal.ts';
import { joinRanges, onlySeries, padded } from './only-series.ts';

export interface PrometheusRequest {
  readonly source: Extract<SignalSource, { kind: 'prometheus' }>;
  readonly baseline: EvidenceSignal['baseline'];
  readonly signal: AbortSignal;
}

/**
 * The value of now and those of the past, all by Prometheus's own clock.
 *
 * @throws MendloopError `QueryInvalid` if the expression can never be judged; the signal's reason if it is aborted.
 */
export async function readPrometheus(
  prometheus: PrometheusClient,
  { source, baseline, signal }: PrometheusRequest,
): Promise<SignalReading> {
  const { query, whenEmpty, maxAgeSeconds } = source;
  const now = await readSignal(prometheus, { query, whenEmpty, maxAgeSeconds, signal });
  if (now.status === 'unknown') return { value: now.reason, past: [] };
  const expr = renderQuery(query);
  const read = async (range: TimeRange) => {
    const values = onlySeries(await prometheus.rangeQuery({ expr, ...range, signal }));
    return whenEmpty === 'zero' && typeof values !== 'string' ? padded(values, momentsOf(range).length) : values;
  };
  try {
    return { value: now.value, past: joinRanges(await Promise.all(baselineRanges(baseline, now.at).map(read))) };
  } catch (error) {
    if (!(error instanceof MendloopError) || error.type !== 'PrometheusUnavailable') throw error;
    return { value: now.value, past: EvidenceGap.Unavailable };
  }
}
