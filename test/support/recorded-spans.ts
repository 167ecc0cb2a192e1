import { context, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { SafeSpanProcessor } from '../../src/telemetry/tracing/safe-span-processor.ts';
import type { Tracing } from '../../src/telemetry/tracing/start-tracing.ts';

export interface RecordedSpans {
  readonly tracing: Tracing;
  readonly spans: readonly ReadableSpan[];
  /** Runs `work` in a span of its own and gives that span's trace ID, and what the work gave. */
  inSpan<T>(name: string, work: () => Promise<T>): Promise<{ traceId: string; result: T }>;
  stop(): Promise<void>;
}

/** As `startTracing` sets it up, with an exporter that keeps the spans. For one test file at a time: it is global. */
export function recordSpans(): RecordedSpans {
  const exporter = new InMemorySpanExporter();
  const spans = new SafeSpanProcessor(new SimpleSpanProcessor(exporter));
  const resource = emptyResource();
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spans] });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  return {
    tracing: { spans, resource, close: () => provider.shutdown() },
    get spans() {
      return exporter.getFinishedSpans();
    },
    inSpan: (name, work) =>
      trace.getTracer('test').startActiveSpan(name, async (span) => {
        try {
          return { traceId: span.spanContext().traceId, result: await work() };
        } finally {
          span.end();
        }
      }),
    stop: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
