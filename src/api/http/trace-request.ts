import type { RequestHandler } from 'express';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';

/**
 * Makes a request that changes something the root of a trace, or a part of its sender's where a W3C `traceparent` came
 * with it. Reading is left out: consoles and probes do it all the time. Costs next to nothing while no traces are
 * exported.
 */
export function traceRequest(route: string): RequestHandler {
  const tracer = trace.getTracer('mendloop-api');
  return (request, response, next) => {
    const { method } = request;
    if (method === 'GET' || method === 'HEAD') {
      next();
      return;
    }
    const parent = propagation.extract(context.active(), request.headers);
    const attributes = {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_HTTP_ROUTE]: route,
      [ATTR_URL_SCHEME]: request.protocol,
    };
    const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    response.once('close', () => {
      if (response.writableFinished) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode);
      if (!response.writableFinished || response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(parent, span), next);
  };
}
