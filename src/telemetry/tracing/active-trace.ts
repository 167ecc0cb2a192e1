import { isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api';

/** ID of the trace that the present work is recorded in: what an exemplar points at. */
export function activeTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  return (span.traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : span.traceId;
}
