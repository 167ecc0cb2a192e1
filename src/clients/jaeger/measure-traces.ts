import { quantile } from '../../domain/evidence/statistics.ts';
import type { Span, Trace } from './response-schema.ts';

export interface TraceMeasure {
  readonly service: string;
  readonly operation?: string | undefined;
  readonly measure: 'error_ratio' | 'p95_seconds';
}

/** One number for some traces; undefined where they say nothing of it. Spans of other services do not count. */
export function measureTraces(
  traces: readonly Trace[],
  { service, operation, measure }: TraceMeasure,
): number | undefined {
  const own = traces.map((trace) => ownSpans(trace, service)).filter((spans) => spans.length > 0);
  switch (measure) {
    case 'error_ratio':
      return own.length === 0 ? undefined : own.filter((spans) => spans.some(isErroneous)).length / own.length;
    case 'p95_seconds': {
      const spans = own.flatMap(operation === undefined ? entrySpans : (all) => all.filter(isNamed(operation)));
      const micros = quantile(
        spans.map(({ duration }) => duration),
        0.95,
      );
      return micros === undefined ? undefined : micros / 1_000_000;
    }
  }
}

function ownSpans({ spans, processes }: Trace, service: string): Span[] {
  return spans.filter(({ processID }) => processes[processID]?.serviceName === service);
}

/** Spans without a parent among the service's own: by these it was entered. */
function entrySpans(own: readonly Span[]): Span[] {
  const ids = new Set(own.map(({ spanID }) => spanID));
  return own.filter(
    ({ references }) => !references?.some(({ refType, spanID }) => refType === 'CHILD_OF' && ids.has(spanID)),
  );
}

const isNamed = (operation: string) => (span: Span) => span.operationName === operation;

function isErroneous({ tags }: Span): boolean {
  return tags?.some(({ key, value }) => key === 'error' && (value === true || value === 'true')) === true;
}
