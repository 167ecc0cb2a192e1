import type { LokiSettings } from '../../config/evidence-schema.ts';
import { MendloopError } from '../../domain/failures.ts';
import { createHttpEndpoint, type HttpResponse } from '../http/http-endpoint.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { SourceUnavailable } from '../evidence/source-unavailable.ts';
import { type LokiResult, responseSchema } from './response-schema.ts';

/** Longest text of Loki's own, in characters, that is passed on. */
const MAX_MESSAGE = 300;

/** The two query endpoints. Every call rejects with the signal's reason when it is aborted. */
export interface LokiClient {
  /** Evaluates a metric query at `at`, in seconds since the epoch. */
  instantQuery(query: { expr: string; at: number; signal?: AbortSignal }): Promise<LokiResult>;
  /** `start` and `end`, both included, in seconds since the epoch. */
  rangeQuery(query: {
    expr: string;
    start: number;
    end: number;
    stepSeconds: number;
    signal?: AbortSignal;
  }): Promise<LokiResult>;
  close(): Promise<void>;
}

/**
 * A server with Loki's query API.
 *
 * Failures: `QueryInvalid` for what Loki explains with 400, {@link SourceUnavailable} for all else. Refused credentials
 * (401, 403) are of the latter, because they may be rotated while a remediation waits.
 */
export function createLokiClient({ tenant, ...endpoint }: LokiSettings): LokiClient {
  const http = createHttpEndpoint(endpoint);

  async function query(path: string, form: Record<string, string>, signal?: AbortSignal): Promise<LokiResult> {
    const response = await http
      .request({
        method: 'GET',
        path: `/loki/api/v1/${path}`,
        query: form,
        headers: tenant === undefined ? {} : { 'x-scope-orgid': tenant },
        ...(signal === undefined ? {} : { signal }),
      })
      .catch((error: unknown) => {
        throw error instanceof HttpFailure ? new SourceUnavailable(error.message) : error;
      });
    return readAnswer(http.name, response);
  }

  return {
    instantQuery: ({ expr, at, signal }) => query('query', { query: expr, time: nanoseconds(at) }, signal),
    rangeQuery: ({ expr, start, end, stepSeconds, signal }) =>
      query(
        'query_range',
        { query: expr, start: nanoseconds(start), end: nanoseconds(end), step: String(stepSeconds) },
        signal,
      ),
    close: () => http.close(),
  };
}

function readAnswer(server: string, { status, text, headers }: HttpResponse): LokiResult {
  if (status === 400 && String(headers['content-type']).startsWith('text/plain')) {
    throw new MendloopError('QueryInvalid', `Loki refused the query: ${text.trim().slice(0, MAX_MESSAGE)}`);
  }
  const parsed = status < 300 ? responseSchema.safeParse(parseJson(text)) : undefined;
  if (parsed?.success === true) return parsed.data.data;
  // The body is not repeated: it may be anybody's page.
  throw new SourceUnavailable(`${server}: status ${status}, and not an answer of the query API`);
}

/** As Loki wants an instant: an integer is taken for nanoseconds. */
function nanoseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)}000000`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
