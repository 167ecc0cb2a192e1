import { AsyncLocalStorage } from 'node:async_hooks';
import { isSpanContextValid, trace } from '@opentelemetry/api';

/** What every log line of a piece of work says about it, in the words of Temporal's SDK. */
export interface LogContext {
  readonly workflowId?: string;
  readonly runId?: string;
  readonly activityType?: string;
  readonly attempt?: number;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs `work` so that whatever it logs carries these fields. */
export function withLogContext<T>(fields: LogContext, work: () => T): T {
  return storage.run(fields, work);
}

/** The fields of the present work, and the trace that it is part of. */
export function logContext(): Record<string, unknown> {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return { ...storage.getStore() };
  return { ...storage.getStore(), trace_id: span.traceId, span_id: span.spanId };
}
