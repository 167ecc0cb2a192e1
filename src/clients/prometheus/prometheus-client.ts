import type { PrometheusSettings } from '../../config/schema.ts';
import { MendloopError } from '../../domain/failures.ts';
import { createHttpEndpoint, type HttpRequest, type HttpResponse } from '../http/http-endpoint.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { type AlertRule, readAlertRules } from './alert-rules.ts';
import { partialAnswer } from './partial-answer.ts';
import { readAnswer } from './read-answer.ts';
import type { QueryResult, RangeResult } from './response-schema.ts';

/** Typed access to the query API. Every call rejects with the signal's reason when it is aborted. */
export interface PrometheusClient {
  /** Evaluates at `at`, in seconds, or at Prometheus's own present. */
  instantQuery(expr: string, options?: { at?: number; signal?: AbortSignal }): Promise<QueryResult>;
  /** `start` and `end` in seconds since the epoch. What is made of a part of the data alone is no answer. */
  rangeQuery(query: {
    expr: string;
    start: number;
    end: number;
    stepSeconds: number;
    signal?: AbortSignal;
  }): Promise<RangeResult>;
  /** Every alerting rule that the server evaluates. */
  alertRules(signal?: AbortSignal): Promise<readonly AlertRule[]>;
  /** Prometheus's clock, in seconds since the epoch. */
  serverTime(signal?: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

/**
 * A server with Prometheus's query API: Prometheus, Thanos, Cortex, Mimir.
 *
 * Failures: `QueryInvalid` for what it will never answer (400 `bad_data`), `PrometheusUnavailable` for all else. Refused
 * credentials (401, 403) are of the latter, because they may be rotated while a remediation waits and a plan must not be
 * called invalid for a fault of the set-up; 422 `execution` is too, because it depends on data and load.
 */
export function createPrometheusClient(settings: PrometheusSettings): PrometheusClient {
  const { tenant, ...endpoint } = settings;
  const http = createHttpEndpoint(endpoint);

  async function ask(request: HttpRequest): Promise<HttpResponse> {
    const headers = { ...request.headers, ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }) };
    return await http.request({ ...request, headers }).catch((error: unknown) => {
      throw error instanceof HttpFailure ? new MendloopError('PrometheusUnavailable', error.message) : error;
    });
  }

  async function query(path: string, form: Record<string, string>, signal?: AbortSignal): Promise<QueryResult> {
    const response = await ask({
      method: 'POST', // A query may be longer than a URL.
      path,
      // Thanos otherwise answers with what it has when a store is away; the others ignore it.
      body: new URLSearchParams({ ...form, partial_response: 'false' }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...(signal === undefined ? {} : { signal }),
    });
    return readAnswer(http.name, response);
  }

  const unexpected = (asked: string, { resultType }: QueryResult) =>
    new MendloopError('PrometheusUnavailable', `${http.name}: a ${resultType} where a ${asked} was asked`);

  return {
    instantQuery: (expr, { at, signal } = {}) =>
      query('/api/v1/query', { query: expr, ...(at === undefined ? {} : { time: String(at) }) }, signal),
    async rangeQuery({ expr, start, end, stepSeconds, signal }) {
      const form = { query: expr, start: String(start), end: String(end), step: String(stepSeconds) };
      const answer = await query('/api/v1/query_range', form, signal);
      if (answer.resultType !== 'matrix') throw unexpected('matrix', answer);
      const partial = partialAnswer(answer);
      if (partial !== undefined) throw new MendloopError('PrometheusUnavailable', `${http.name}: ${partial}`);
      return answer.result;
    },
    async alertRules(signal) {
      const path = '/api/v1/rules';
      const asked = {
        method: 'GET',
        path,
        query: { type: 'alert' },
        ...(signal === undefined ? {} : { signal }),
      } as const;
      return readAlertRules(http.name, await ask(asked));
    },
    async serverTime(signal) {
      const answer = await query('/api/v1/query', { query: 'time()' }, signal);
      if (answer.resultType !== 'scalar') throw unexpected('scalar', answer);
      return answer.result.value;
    },
    close: () => http.close(),
  };
}
