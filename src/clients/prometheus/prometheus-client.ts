import type { PrometheusSettings } from '../../config/schema.ts';
import { MendloopError } from '../../domain/failures.ts';
import { createHttpEndpoint, type HttpResponse } from '../http/http-endpoint.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { type QueryResult, type RangeResult, responseSchema } from './response-schema.ts';

/** Longest text of Prometheus's own that is passed on; a query may be repeated in it. */
const MAX_MESSAGE = 300;

export interface PrometheusClient {
  /** Evaluates at Prometheus's own present, so that its clock alone counts. */
  instantQuery(expr: string, signal?: AbortSignal): Promise<QueryResult>;
  /** Times and step in seconds. */
  rangeQuery(query: { expr: string; start: number; end: number; step: number }): Promise<RangeResult>;
  /** Prometheus's clock, in seconds since the epoch. */
  serverTime(signal?: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

/**
 * A server with Prometheus's query API: Prometheus, Thanos, Cortex, Mimir.
 *
 * Failures: `QueryInvalid` for what it will never answer (400, 422), `PrometheusUnavailable` for all else, refused
 * credentials included: they may be rotated while a remediation waits.
 */
export function createPrometheusClient(settings: PrometheusSettings): PrometheusClient {
  const { tenant, ...endpoint } = settings;
  const http = createHttpEndpoint({
    ...endpoint,
    headers: { ...endpoint.headers, ...(tenant === undefined ? {} : { 'X-Scope-OrgID': tenant }) },
  });

  async function query(path: string, form: Record<string, string>, signal?: AbortSignal): Promise<QueryResult> {
    let response: HttpResponse;
    try {
      response = await http.request({
        method: 'POST', // A query may be longer than a URL.
        path,
        body: new URLSearchParams(form).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (error instanceof HttpFailure) throw new MendloopError('PrometheusUnavailable', error.message);
      throw error;
    }
    return interpret(http.name, response);
  }

  return {
    instantQuery: (expr, signal) => query('/api/v1/query', { query: expr }, signal),
    async rangeQuery({ expr, start, end, step }) {
      const form = { query: expr, start: String(start), end: String(end), step: String(step) };
      const data = await query('/api/v1/query_range', form);
      if (data.resultType !== 'matrix') throw unusable(http.name, `a ${data.resultType} where a matrix was asked`);
      return data.result;
    },
    async serverTime(signal) {
      const data = await query('/api/v1/query', { query: 'time()' }, signal);
      if (data.resultType !== 'scalar') throw unusable(http.name, `a ${data.resultType} where a scalar was asked`);
      return data.result.value;
    },
    close: () => http.close(),
  };
}

function interpret(server: string, response: HttpResponse): QueryResult {
  const { status, text, retryAfterMs } = response;
  if (status === 401 || status === 403) throw unusable(server, `credentials refused (${status})`);
  const parsed = responseSchema.safeParse(parseJson(text));
  if (parsed.success && parsed.data.status === 'success') return parsed.data.data;
  const told = parsed.success && parsed.data.status === 'error' ? parsed.data : undefined;
  if (told !== undefined && (status === 400 || status === 422)) {
    throw new MendloopError('QueryInvalid', `Prometheus refused the query: ${told.error.slice(0, MAX_MESSAGE)}`);
  }
  const why = told === undefined ? `status ${status}, not an answer of the query API` : told.errorType;
  throw new MendloopError('PrometheusUnavailable', `${server}: ${why}`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function unusable(server: string, why: string): MendloopError {
  return new MendloopError('PrometheusUnavailable', `${server}: ${why}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
