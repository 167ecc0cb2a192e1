import { MendloopError } from '../../domain/failures.ts';
import { type Sample, UnknownReason } from '../../domain/measurement.ts';
import type { Query } from '../../domain/plan.ts';
import { analyzeQuery, freshnessProbe, renderQuery } from '../../domain/promql.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import type { QueryResult } from './response-schema.ts';

export interface SignalRequest {
  readonly query: Query;
  /** Oldest age, in seconds, of the newest raw sample behind the value. */
  readonly maxAgeSeconds: number;
  /** The act, by Prometheus's clock in seconds: a window that reaches back before it cannot be judged. */
  readonly actedAt?: number;
  readonly signal?: AbortSignal;
}

/**
 * One look at one signal. What cannot be judged is an `unknown` sample with its reason, Prometheus being away included.
 *
 * @throws MendloopError `QueryInvalid` if the expression can never be judged.
 */
export async function readSignal(prometheus: PrometheusClient, request: SignalRequest): Promise<Sample> {
  const expr = renderQuery(request.query);
  const { windowSeconds, selectors } = analyzeQuery(expr);
  let value: QueryResult;
  let probe: QueryResult;
  try {
    [value, probe] = await Promise.all([
      prometheus.instantQuery(expr, request.signal),
      prometheus.instantQuery(freshnessProbe(selectors), request.signal),
    ]);
  } catch (error) {
    if (!(error instanceof MendloopError) || error.type !== 'PrometheusUnavailable') throw error;
    return { at: 0, status: 'unknown', reason: UnknownReason.Unavailable };
  }

  const { at, freshness } = freshnessOf(probe, selectors.length);
  const unknown = (reason: UnknownReason): Sample => ({ at, status: 'unknown', reason });
  const measured = singleValue(value);
  if (typeof measured === 'string') return unknown(measured);
  if (freshness === undefined || measured.at - freshness > request.maxAgeSeconds) return unknown(UnknownReason.Stale);
  if (request.actedAt !== undefined && measured.at - windowSeconds < request.actedAt) {
    return unknown(UnknownReason.WindowReachesBack);
  }
  if (Number.isNaN(measured.value)) return unknown(UnknownReason.NotANumber);
  if (!Number.isFinite(measured.value)) return unknown(UnknownReason.Infinite);
  return { at: measured.at, status: 'known', value: measured.value };
}

function singleValue(result: QueryResult): { at: number; value: number } | UnknownReason {
  if (result.resultType === 'scalar') return result.result;
  if (result.resultType !== 'vector') return UnknownReason.WrongType;
  if (result.result.length > 1) return UnknownReason.ManySeries;
  const [series] = result.result;
  if (series === undefined) return UnknownReason.Empty;
  return series.value ?? UnknownReason.WrongType; // A native histogram has no single value.
}

/** Time of evaluation, and of the newest raw sample of the selector whose newest is oldest; undefined if one has none. */
function freshnessOf(probe: QueryResult, selectors: number): { at: number; freshness: number | undefined } {
  const values = probe.resultType === 'vector' ? probe.result.flatMap(({ value }) => (value ? [value] : [])) : [];
  return {
    at: values[0]?.at ?? 0,
    freshness: values.length < selectors ? undefined : Math.min(...values.map(({ value }) => value)),
  };
}
