import { trace, TraceFlags } from '@opentelemetry/api';
import type { Headers } from '@temporalio/common';
import { TRACE_HEADER } from '@temporalio/interceptors-opentelemetry-v2/lib/instrumentation.js';
import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2/lib/workflow/index.js';
import {
  type ActivityInput,
  type ContinueAsNewInput,
  defaultPayloadConverter,
  type LocalActivityInput,
  type Next,
  type QueryInput,
  type SignalInput,
  type SignalWorkflowInput,
  type UpdateInput,
  type WorkflowExecuteInput,
  type WorkflowInboundCallsInterceptor,
  workflowInfo,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import { REMEDIATION_WORKFLOW } from './contract.ts';

/** A parent that nobody records: spans below it cost next to nothing and are never exported. */
const UNRECORDED = { traceparent: '00-00000000000000000000000000000001-0000000000000001-00' };

/**
 * Traces a workflow only if the call that reached it was traced. That is in history, so that a replay does the same
 * whether tracing is on or off meanwhile: the interceptors are always there, and only what they record differs.
 */
class Inbound extends OpenTelemetryInboundInterceptor {
  override execute(input: WorkflowExecuteInput, next: Next<WorkflowInboundCallsInterceptor, 'execute'>) {
    // A guard outlives the remediation that started it by weeks: its run belongs to no trace, only its updates do.
    const headers = workflowInfo().workflowType === REMEDIATION_WORKFLOW ? input.headers : {};
    return super.execute({ ...input, headers: traced(headers) }, next);
  }

  override handleSignal(input: SignalInput, next: Next<WorkflowInboundCallsInterceptor, 'handleSignal'>) {
    return super.handleSignal({ ...input, headers: traced(input.headers) }, next);
  }

  override handleUpdate(input: UpdateInput, next: Next<WorkflowInboundCallsInterceptor, 'handleUpdate'>) {
    return super.handleUpdate({ ...input, headers: traced(input.headers) }, next);
  }

  override validateUpdate(input: UpdateInput, next: Next<WorkflowInboundCallsInterceptor, 'validateUpdate'>): void {
    super.validateUpdate({ ...input, headers: traced(input.headers) }, next);
  }

  /** People and probes ask all the time; a query does nothing that a trace could explain. */
  override handleQuery(input: QueryInput, next: Next<WorkflowInboundCallsInterceptor, 'handleQuery'>) {
    return next(input);
  }
}

class Outbound extends OpenTelemetryOutboundInterceptor {
  override scheduleActivity(
    input: ActivityInput,
    next: Next<WorkflowOutboundCallsInterceptor, 'scheduleActivity'>,
  ): Promise<unknown> {
    return super.scheduleActivity(input, (inner) => next({ ...inner, headers: recorded(inner.headers) }));
  }

  override scheduleLocalActivity(
    input: LocalActivityInput,
    next: Next<WorkflowOutboundCallsInterceptor, 'scheduleLocalActivity'>,
  ): Promise<unknown> {
    return super.scheduleLocalActivity(input, (inner) => next({ ...inner, headers: recorded(inner.headers) }));
  }

  override signalWorkflow(
    input: SignalWorkflowInput,
    next: Next<WorkflowOutboundCallsInterceptor, 'signalWorkflow'>,
  ): Promise<void> {
    return super.signalWorkflow(input, (inner) => next({ ...inner, headers: recorded(inner.headers) }));
  }

  override continueAsNew(
    input: ContinueAsNewInput,
    next: Next<WorkflowOutboundCallsInterceptor, 'continueAsNew'>,
  ): Promise<never> {
    return super.continueAsNew(input, (inner) => next({ ...inner, headers: recorded(inner.headers) }));
  }
}

/** The headers of a call, with a parent that is not recorded where they name none. */
function traced(headers: Headers): Headers {
  const given = headers[TRACE_HEADER];
  const carrier = given === undefined ? {} : defaultPayloadConverter.fromPayload<object>(given);
  if ('traceparent' in carrier) return headers;
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(UNRECORDED) };
}

/** The headers of a call that goes out, without the trace where it is not recorded. */
function recorded(headers: Headers): Headers {
  const flags = trace.getActiveSpan()?.spanContext().traceFlags ?? 0;
  if ((flags & TraceFlags.SAMPLED) !== 0) return headers;
  const { [TRACE_HEADER]: _dropped, ...rest } = headers;
  return rest;
}

/** Found by this name when the bundler is given this module. */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [new Inbound()],
  outbound: [new Outbound()],
  internals: [new OpenTelemetryInternalsInterceptor()],
});
