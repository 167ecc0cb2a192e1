import {
  type Attributes,
  type HrTime,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  createTraceState,
} from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { InjectedSinks } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import { identityAttributes, spanAttribute } from '../domain/remediation/span-attributes.ts';
import type { Tracing } from '../telemetry/tracing/start-tracing.ts';
import type { SpanSinks, TracePlace, WorkflowSpan } from '../workflows/tracing/spans.ts';
import { indexedValues } from './indexed-values.ts';

/**
 * Takes the spans that end in workflows. Also there, doing nothing, when no traces are exported: a workflow that was
 * started while they were goes on making spans.
 */
export function workflowSpanSink(tracing: Tracing | undefined): InjectedSinks<SpanSinks> {
  return {
    spans: {
      ended: {
        callDuringReplay: false,
        fn: (info, span) => tracing?.spans.onEnd(toSpan(span, info, tracing)),
      },
    },
  };
}

function toSpan(span: WorkflowSpan, info: WorkflowInfo, { resource }: Tracing): ReadableSpan {
  const { name, place, parent, startedAt, endedAt, failure } = span;
  const context = toContext(place);
  return {
    ...{ name, resource, kind: SpanKind.INTERNAL, instrumentationScope: { name: 'mendloop-workflows' } },
    spanContext: () => context,
    parentSpanContext: toContext(parent),
    startTime: toHrTime(startedAt),
    endTime: toHrTime(endedAt),
    duration: toHrTime(endedAt - startedAt),
    ended: true,
    status: failure === undefined ? { code: SpanStatusCode.OK } : { code: SpanStatusCode.ERROR, message: failure },
    attributes: workflowAttributes(info),
    ...{ links: [], events: [] },
    ...{ droppedAttributesCount: 0, droppedLinksCount: 0, droppedEventsCount: 0 },
  };
}

function toContext({ traceId, spanId, traceState }: TracePlace) {
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return traceState === undefined ? context : { ...context, traceState: createTraceState(traceState) };
}

/** OpenTelemetry's time: whole seconds, and nanoseconds. */
function toHrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}

function workflowAttributes(info: WorkflowInfo): Attributes {
  const { workflowId, runId } = info;
  const { target, action, mode, outcome } = indexedValues(info);
  return {
    temporalWorkflowId: workflowId,
    run_id: runId,
    ...identityAttributes(workflowId),
    ...(target === undefined ? {} : { [spanAttribute.target]: target }),
    ...(action === undefined ? {} : { [spanAttribute.action]: action }),
    ...(mode === undefined ? {} : { [spanAttribute.mode]: mode }),
    ...(outcome === undefined ? {} : { [spanAttribute.outcome]: outcome }),
  };
}
