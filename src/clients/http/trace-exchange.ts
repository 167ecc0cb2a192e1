import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
} from '@opentelemetry/semantic-conventions';

export interface Exchange {
  /** Of low cardinality: no names of objects in it. */
  readonly name: string;
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Only where it cannot be a secret, as the path of a chat webhook is. */
  readonly path?: string | undefined;
}

/**
 * Makes one HTTP request a span of the present trace. `exchange` is given the headers that hand the trace on. Outside a
 * trace that is recorded, there is neither: a call that belongs to no remediation explains nothing.
 */
export async function traceExchange<T extends { readonly status: number }>(
  { name, method, origin, path }: Exchange,
  exchange: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  if (trace.getActiveSpan()?.isRecording() !== true) return await exchange({});
  const attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    ...serverOf(origin),
    ...(path && { [ATTR_URL_PATH]: path }),
  };
  const span = trace.getTracer('mendloop-http').startSpan(name, { kind: SpanKind.CLIENT, attributes });
  return await context.with(trace.setSpan(context.active(), span), async () => {
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    try {
      const response = await exchange(headers);
      span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
      if (response.status >= 400) {
        span.setAttribute(ATTR_ERROR_TYPE, String(response.status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      return response;
    } catch (error) {
      span.setAttribute(ATTR_ERROR_TYPE, error instanceof Error ? error.name : 'unknown');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

function serverOf(origin: string): Attributes {
  const { hostname, port, protocol } = new URL(origin);
  return {
    [ATTR_SERVER_ADDRESS]: hostname,
    [ATTR_SERVER_PORT]: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}
