import type { Resource } from '@opentelemetry/resources';
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { OtlpProtocol } from '../../config/otel.ts';
import { SafeSpanProcessor } from './safe-span-processor.ts';

export interface Tracing {
  /** Takes the spans that workflows made, which no tracer of this process knows. */
  readonly spans: SpanProcessor;
  readonly resource: Resource;
  /** Sends what is left. */
  close(): Promise<void>;
}

/**
 * Makes spans go out by OTLP, each soon after it has ended; where to, how many and with which sampler the standard
 * variables say. The packages are loaded only here: who exports no traces pays for none of it.
 */
export async function startTracing(protocol: OtlpProtocol, resource: Resource): Promise<Tracing> {
  const [{ NodeTracerProvider, BatchSpanProcessor }, { W3CTraceContextPropagator }, exporter] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/core'),
    traceExporter(protocol),
  ]);
  const spans = new SafeSpanProcessor(new BatchSpanProcessor(exporter));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spans] });
  // No baggage: whatever a sender puts there would be stored in workflow histories.
  provider.register({ propagator: new W3CTraceContextPropagator() });
  return { spans, resource, close: () => provider.shutdown() };
}

async function traceExporter(protocol: OtlpProtocol): Promise<SpanExporter> {
  switch (protocol) {
    case 'http/protobuf':
      return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter();
    case 'grpc':
      return new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter();
  }
}
