import { MendloopError } from '../../domain/failures.ts';
import type { Query, WhenEmpty } from '../../domain/plan/query.ts';
import {
  describeFreshness,
  type Freshness,
  freshnessOf,
  freshnessProbe,
  reachesBackTo,
  readFreshness,
} from '../../domain/query/promql-freshness.ts';
import { analyzeQuery, type QueryAnalysis, renderQuery } from '../../domain/query/promql.ts';
import { type Sample, UnknownReason, type UnknownSample } from '../../domain/verification/measurement.ts';
import { partialAnswer } from './partial-answer.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import type { QueryResult } from './response-schema.ts';

export interface SignalRequest {
  readonly query: Query;
  /** Absent: unknown. */
  readonly whenEmpty?: WhenEmpty;
  /** Oldest age, in seconds, of the newest raw sample behind the value. */
  readonly maxAgeSeconds: number;
  /** The act, by Prometheus's clock in seconds: a value that tells of a time before it cannot be judged. */
  readonly actedAt?: number;
  readonly signal?: AbortSignal;
}

/** Longest explanation of an unknown sample, in characters. */
const MAX_DETAIL = 300;

/** What is known while Prometheus is away: not even its time. */
export const UNAVAILABLE: UnknownSample = { at: 0, status: 'unknown', reason: UnknownReason.Unavailable };

/**
 * One look at one signal. What cannot be judged is an `unknown` sample with its reason, Prometheus or a part of its data
 * being away included.
 *
 * Freshness is asked first, and the value then at that very moment of Prometheus's clock: so a sample that arrives in
 * between can only make the value fresher than is claimed, and our own clock does not matter.
 *
 * @throws MendloopError `QueryInvalid` if the expression can never be judged; the signal's reason if it is aborted.
 */
export async function readSignal(prometheus: PrometheusClient, request: SignalRequest): Promise<Sample> {
  const options = request.signal === undefined ? {} : { signal: request.signal };
  const expr = renderQuery(request.query);
  const analysis = analyzeQuery(expr);
  try {
    const asked = freshnessProbe(analysis, { mayBeEmpty: request.whenEmpty === 'zero' });
    const probe = await prometheus.instantQuery(asked, options);
    const freshness = probe.resultType === 'vector' ? readFreshness(probe.result, analysis.selectors) : undefined;
    if (freshness === undefined) return UNAVAILABLE;
    const result = await prometheus.instantQuery(expr, { ...options, at: freshness.at });
    const partial = partialAnswer(probe) ?? partialAnswer(result);
    if (partial !== undefined) return unavailable(partial);
    return sampleOf(singleValue(result), { analysis, freshness, request });
  } catch (error) {
    if (!(error instanceof MendloopError) || error.type !== 'PrometheusUnavailable') throw error;
    return unavailable(error.message);
  }
}

function unavailable(detail: string): UnknownSample {
  return { ...UNAVAILABLE, detail: detail.slice(0, MAX_DETAIL).toWellFormed() };
}

interface Look {
  readonly analysis: QueryAnalysis;
  readonly freshness: Freshness;
  readonly request: SignalRequest;
}

function sampleOf(value: number | UnknownReason, { analysis, freshness, request }: Look): Sample {
  const { whenEmpty, maxAgeSeconds, actedAt } = request;
  const { at } = freshness;
  const unknown = (reason: UnknownReason, detail?: string): Sample => ({
    at,
    status: 'unknown',
    reason,
    ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL).toWellFormed() }),
  });
  const state = freshnessOf(analysis, freshness, maxAgeSeconds);
  const why = () => describeFreshness(analysis, freshness, maxAgeSeconds);
  const isZero = value === UnknownReason.Empty && whenEmpty === 'zero' && state !== 'stale';
  const number = isZero ? 0 : value;

  if (number === UnknownReason.Empty) return unknown(number, why());
  if (typeof number === 'string') return unknown(number);
  if (!isZero && state !== 'fresh') return unknown(UnknownReason.Stale, why());
  if (actedAt !== undefined && reachesBackTo(analysis.selectors, freshness, maxAgeSeconds) < actedAt) {
    return unknown(UnknownReason.WindowReachesBack);
  }
  if (Number.isNaN(number)) return unknown(UnknownReason.NotANumber);
  if (!Number.isFinite(number)) return unknown(UnknownReason.Infinite);
  return { at, status: 'known', value: number };
}

function singleValue(result: QueryResult): number | UnknownReason {
  if (result.resultType === 'scalar') return result.result.value;
  if (result.resultType !== 'vector') return UnknownReason.WrongType;
  if (result.result.length > 1) return UnknownReason.ManySeries;
  const [series] = result.result;
  if (series === undefined) return UnknownReason.Empty;
  return series.value?.value ?? UnknownReason.WrongType; // A native histogram has no single value.
}
