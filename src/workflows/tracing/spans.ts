import {
  AsyncLocalStorage,
  defaultPayloadConverter,
  getRandomStream,
  proxySinks,
  type Sinks,
  TemporalFailure,
} from '@temporalio/workflow';
import type { Headers } from '@temporalio/common';
import { TRACE_HEADER } from '../../domain/remediation/trace-header.ts';

/** The flag of a trace that is recorded. */
const SAMPLED = 1;

/** A place in a trace that is recorded. There is none for what is not. */
export interface TracePlace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly traceState?: string;
}

/** A span that has ended. The worker makes OpenTelemetry's of it: its packages would be loaded anew for every workflow. */
export interface WorkflowSpan {
  readonly name: string;
  readonly place: TracePlace;
  readonly parent: TracePlace;
  /** Epoch ms, by the workflow's clock. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Absent: it went well. */
  readonly failure?: string;
}

/** Where spans of workflows go: outside history, never during replay. */
export interface SpanSinks extends Sinks {
  spans: { ended(span: WorkflowSpan): void };
}

const places = new AsyncLocalStorage<TracePlace>();
const { spans } = proxySinks<SpanSinks>();

/** Where in a trace the present code runs. */
export function currentPlace(): TracePlace | undefined {
  return places.getStore();
}

/** The workflow is taken out of memory. */
export function forgetPlaces(): void {
  places.disable();
}

/** Where in a trace a call was made; undefined if it was made in none, or in one that is not recorded. */
export function placeOf(headers: Headers): TracePlace | undefined {
  const given = headers[TRACE_HEADER];
  if (given === undefined) return undefined;
  const { traceparent, tracestate } = defaultPayloadConverter.fromPayload<Record<string, string | undefined>>(given);
  const [, traceId, spanId, flags = '0'] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || (parseInt(flags, 16) & SAMPLED) === 0) return undefined;
  return { traceId, spanId, ...(tracestate === undefined ? {} : { traceState: tracestate }) };
}

/** The headers of a call that is made from a place in a trace. */
export function withPlace(headers: Headers, { traceId, spanId, traceState }: TracePlace): Headers {
  const carrier = {
    traceparent: `00-${traceId}-${spanId}-01`,
    ...(traceState === undefined ? {} : { tracestate: traceState }),
  };
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
}

/**
 * Makes `work` a span below `parent` and exports it, outside history, when it has ended. Its IDs come from a random
 * stream of their own: the same in a replay, and none of the workflow's other IDs depends on them.
 */
export async function inSpan<T>(
  { name, parent }: { name: string; parent: TracePlace },
  work: (place: TracePlace) => Promise<T>,
): Promise<T> {
  const place = { ...parent, spanId: hex(16) };
  const startedAt = Date.now();
  const end = (failure: { failure?: string }) =>
    spans.ended({ name, place, parent, startedAt, endedAt: Date.now(), ...failure });
  try {
    const result = await places.run(place, () => work(place));
    end({});
    return result;
  } catch (error) {
    end({ failure: messageOf(error) });
    throw error;
  }
}

/** Ours say nothing that must not be seen; what anything else says is not known. */
function messageOf(error: unknown): string {
  if (error instanceof TemporalFailure) return error.message;
  return error instanceof Error ? error.name : 'unknown error';
}

function hex(digits: number): string {
  const stream = getRandomStream('mendloop/tracing');
  let text = '';
  while (text.length < digits)
    text += Math.floor(stream.random() * 0x10000)
      .toString(16)
      .padStart(4, '0');
  // All zeros mean "no span".
  return /[^0]/.test(text) ? text : text.replace(/0$/, '1');
}
