import { MendloopError } from '../../domain/failures.ts';
import { type Sample, UnknownReason } from '../../domain/verification/measurement.ts';
import type { Query } from '../../domain/plan/query.ts';
import { freshnessProbe, isFresh, reachesBackTo, readFreshness } from '../../domain/query/promql-freshness.ts';
import { analyzeQuery, renderQuery } from '../../domain/query/promql.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import type { QueryResult } from './response-schema.ts';

export interface SignalRequest {
  readonly query: Query;
  /** Oldest age, in seconds, of the newest raw sample behind the value. */
  readonly maxAgeSeconds: number;
  /** The act, by Prometheus's clock in seconds: a value that tells of a time before it cannot be judged. */
  readonly actedAt?: number;
  readonly signal?: AbortSignal;
}

/** What is known while Prometheus is away: not even its time. */
export const UNAVAILABLE: Sample = { at: 0, status: 'unknown', reason: UnknownReason.Unavailable };

/**
 * One look at one signal. What cannot be judged is an `unknown` sample with its reason, Prometheus being away included.
 *
 * Freshness is asked first, and the value then at that very moment of Prometheus's clock: so a sample that arrives in
 * between can only make the value fresher than is claimed, and our own clock does not matter.
 *
 * @throws MendloopError `QueryInvalid` if the expression can never be judged; the signal's reason if it is aborted.
 */
export async function readSignal(prometheus: PrometheusClient, request: SignalRequest): Promise<Sample> {
  const { maxAgeSeconds, actedAt } = request;
  const options = request.signal === undefined ? {} : { signal: request.signal };
  const expr = renderQuery(request.query);
  const { selectors } = analyzeQuery(expr);
  try {
    const probe = await prometheus.instantQuery(freshnessProbe(selectors), options);
    const freshness = probe.resultType === 'vector' ? readFreshness(probe.result, selectors) : undefined;
    if (freshness === undefined) return UNAVAILABLE;
    const { at } = freshness;
    const value = singleValue(await prometheus.instantQuery(expr, { ...options, at }));

    const unknown = (reason: UnknownReason): Sample => ({ at, status: 'unknown', reason });
    if (typeof value === 'string') return unknown(value);
    if (!isFresh(freshness, maxAgeSeconds)) return unknown(UnknownReason.Stale);
    if (actedAt !== undefined && reachesBackTo(selectors, freshness, maxAgeSeconds) < actedAt) {
      return unknown(UnknownReason.WindowReachesBack);
    }
    if (Number.isNaN(value)) return unknown(UnknownReason.NotANumber);
    if (!Number.isFinite(value)) return unknown(UnknownReason.Infinite);
    return { at, status: 'known', value };
  } catch (error) {
    if (error instanceof MendloopError && error.type === 'PrometheusUnavailable') return UNAVAILABLE;
    throw error;
  }
}

function singleValue(result: QueryResult): number | UnknownReason {
  if (result.resultType === 'scalar') return result.result.value;
  if (result.resultType !== 'vector') return UnknownReason.WrongType;
  if (result.result.length > 1) return UnknownReason.ManySeries;
  const [series] = result.result;
  if (series === undefined) return UnknownReason.Empty;
  return series.value?.value ?? UnknownReason.WrongType; // A native histogram has no single value.
}
