/** Header by which Temporal's OpenTelemetry interceptors hand a trace on: `traceparent` and `tracestate`, in a payload. */
export const TRACE_HEADER = '_tracer-data';
