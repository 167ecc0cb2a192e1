import { type Attributes, createTraceState, type SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type {
  OpenTelemetrySinks,
  SerializableSpan,
} from '@temporalio/interceptors-opentelemetry-v2/lib/workflow/definitions.js';
import type { InjectedSinks } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import { identityAttributes, spanAttribute } from '../domain/span-attributes.ts';
import type { Tracing } from '../telemetry/tracing/start-tracing.ts';
import { indexedValues } from './indexed-values.ts';

/**
 * Takes the spans that end in workflows. Also there, doing nothing, when no traces are exported: a workflow that was
 * started while they were goes on making spans.
 */
export function workflowSpanSink(tracing: Tracing | undefined): InjectedSinks<OpenTelemetrySinks> {
  return {
    exporter: {
      export: {
        callDuringReplay: false,
        fn: (info, spans) => {
          if (tracing === undefined) return;
          for (const span of spans) tracing.spans.onEnd(toSpan(span, info, tracing));
        },
      },
    },
  };
}

/** The package's own converter puts all that the SDK knows of the workflow, memo included, into the attributes. */
function toSpan(span: SerializableSpan, info: WorkflowInfo, { resource }: Tracing): ReadableSpan {
  const { spanContext, parentSpanContext, attributes, ...rest } = span;
  const context = revived(spanContext);
  return {
    ...rest,
    resource,
    spanContext: () => context,
    ...(parentSpanContext === undefined ? {} : { parentSpanContext: revived(parentSpanContext) }),
    attributes: { ...attributes, ...workflowAttributes(info) },
  };
}

/** A trace state loses its methods on the way out of the workflow's sandbox. */
function revived({ traceState, ...context }: SerializableSpan['spanContext']): SpanContext {
  return traceState === undefined ? context : { ...context, traceState: createTraceState(traceState) };
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
