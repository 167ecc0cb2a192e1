import { MendloopError } from '../../domain/failures.ts';
import type { Query, WhenEmpty } from '../../domain/plan/query.ts';
import {
  describeFreshness,
  type Freshness,
  freshnessOf,
  freshnessProbe,
  probeWithValue,
  reachesBackTo,
  readFreshness,
  splitProbed,
} from '../../domain/query/promql-freshness.ts';
import { analyzeQuery, type QueryAnalysis, renderQuery, type SeriesSelector } from '../../domain/query/promql.ts';
import { type Sample, UnknownReason, type UnknownSample } from '../../domain/verification/measurement.ts';
import { partialAnswer } from './partial-answer.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import type { QueryResult, Vector } from './response-schema.ts';

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
 * After an act, freshness is asked first, and the value then at that very moment of Prometheus's clock: so a sample that
 * arrives in between can only make the value fresher than is claimed, and our own clock does not matter. Before the act,
 * where no sample has to be newer than another event, one query asks for both at one moment.
 *
 * @throws MendloopError `QueryInvalid` if the expression can never be judged; the signal's reason if it is aborted.
 */
export async function readSignal(prometheus: PrometheusClient, request: SignalRequest): Promise<Sample> {
  const options = request.signal === undefined ? {} : { signal: request.signal };
  const expr = renderQuery(request.query);
  const analysis = analyzeQuery(expr);
  try {
    const probe = freshnessProbe(analysis, { mayBeEmpty: request.whenEmpty === 'zero' });
    const question = { probe, expr, selectors: analysis.selectors, options };
    const together = request.actedAt === undefined ? await askTogether(prometheus, question) : undefined;
    const answer = together ?? (await askInTurn(prometheus, question));
    if (answer === undefined) return UNAVAILABLE;
    const { freshness, value, partial } = answer;
    if (partial !== undefined) return unavailable(partial);
    return sampleOf(value, { analysis, freshness, request });
  } catch (error) {
    if (!(error instanceof MendloopError) || error.type !== 'PrometheusUnavailable') throw error;
    return unavailable(error.message);
  }
}

interface Question {
  readonly probe: string;
  readonly expr: string;
  readonly selectors: readonly SeriesSelector[];
  readonly options: { readonly signal?: AbortSignal };
}

interface Answer {
  readonly freshness: Freshness;
  readonly value: number | UnknownReason;
  /** Why it is made of a part of the data alone. */
  readonly partial: string | undefined;
}

/** Undefined if it cannot be asked in this way, as an expression that gives no vector. */
async function askTogether(
  prometheus: PrometheusClient,
  { probe, expr, selectors, options }: Question,
): Promise<Answer | undefined> {
  try {
    const answer = await prometheus.instantQuery(probeWithValue(probe, expr), options);
    if (answer.resultType !== 'vector') return undefined;
    const { probe: probed, values } = splitProbed(answer.result);
    const freshness = readFreshness(probed, selectors);
    return freshness && { freshness, value: singleOf(values), partial: partialAnswer(answer) };
  } catch (error) {
    // Asked by itself, the expression is invalid too, or it is not.
    if (error instanceof MendloopError && error.type === 'QueryInvalid') return undefined;
    throw error;
  }
}

/** Undefined if the answer is not that of a probe. */
async function askInTurn(
  prometheus: PrometheusClient,
  { probe, expr, selectors, options }: Question,
): Promise<Answer | undefined> {
  const probed = await prometheus.instantQuery(probe, options);
  const freshness = probed.resultType === 'vector' ? readFreshness(probed.result, selectors) : undefined;
  if (freshness === undefined) return undefined;
  const result = await prometheus.instantQuery(expr, { ...options, at: freshness.at });
  return { freshness, value: singleValue(result), partial: partialAnswer(probed) ?? partialAnswer(result) };
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
  return result.resultType === 'vector' ? singleOf(result.result) : UnknownReason.WrongType;
}

function singleOf(vector: Vector): number | UnknownReason {
  if (vector.length > 1) return UnknownReason.ManySeries;
  const [series] = vector;
  if (series === undefined) return UnknownReason.Empty;
  return series.value?.value ?? UnknownReason.WrongType; // A native histogram has no single value.
}
