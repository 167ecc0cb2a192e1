import type { JaegerSettings } from '../../config/evidence-schema.ts';
import { createHttpEndpoint } from '../http/http-endpoint.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { SourceUnavailable } from '../evidence/source-unavailable.ts';
import { responseSchema, type Trace } from './response-schema.ts';

/** A trace may have thousands of spans, and Jaeger sends them all. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

export interface JaegerClient {
  /**
   * Traces with a span of the service, and operation, that began from `start` to `end`, in seconds since the epoch: at
   * most `maxTraces` of the settings. Rejects with the signal's reason when it is aborted.
   */
  findTraces(query: {
    service: string;
    operation?: string;
    start: number;
    end: number;
    signal?: AbortSignal;
  }): Promise<Trace[]>;
  close(): Promise<void>;
}

/** A server with the JSON API of Jaeger's query service. Rejects with {@link SourceUnavailable} for all that fails. */
export function createJaegerClient({ maxTraces, ...endpoint }: JaegerSettings): JaegerClient {
  const http = createHttpEndpoint(endpoint, { maxResponseBytes: MAX_RESPONSE_BYTES });
  return {
    async findTraces({ service, operation, start, end, signal }) {
      const response = await http
        .request({
          method: 'GET',
          path: '/api/traces',
          query: {
            service,
            ...(operation === undefined ? {} : { operation }),
            start: microseconds(start),
            end: microseconds(end),
            limit: String(maxTraces),
          },
          ...(signal === undefined ? {} : { signal }),
        })
        .catch((error: unknown) => {
          throw error instanceof HttpFailure ? new SourceUnavailable(error.message) : error;
        });
      const parsed = response.status < 300 ? responseSchema.safeParse(parseJson(response.text)) : undefined;
      // Errors beside data mean that some traces could not be read: what is left may be anything.
      if (parsed?.success !== true || (parsed.data.errors?.length ?? 0) > 0) {
        throw new SourceUnavailable(`${http.name}: status ${response.status}, and not a whole answer of the query API`);
      }
      return parsed.data.data ?? [];
    },
    close: () => http.close(),
  };
}

function microseconds(seconds: number): string {
  return String(Math.round(seconds * 1_000_000));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
