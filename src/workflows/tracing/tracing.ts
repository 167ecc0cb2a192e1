import {
  type ActivityInput,
  type GetLogAttributesInput,
  type LocalActivityInput,
  type Next,
  type SignalInput,
  type SignalWorkflowInput,
  type UpdateInput,
  type WorkflowExecuteInput,
  type WorkflowInboundCallsInterceptor,
  workflowInfo,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { Headers } from '@temporalio/common';
import { currentPlace, forgetPlaces, inSpan, placeOf, withPlace } from './spans.ts';

type Inner<Name extends keyof WorkflowInboundCallsInterceptor> = Next<WorkflowInboundCallsInterceptor, Name>;
type Outer<Name extends keyof WorkflowOutboundCallsInterceptor> = Next<WorkflowOutboundCallsInterceptor, Name>;

/**
 * Makes spans of what a workflow does, if the call that reached it was made in a trace. That is in history, so that a
 * replay does the same whether traces are exported meanwhile or not; and a call without a trace is left quite alone.
 * Queries are never spans: people and probes ask all the time, and a query does nothing that a trace could explain.
 */
class Inbound implements WorkflowInboundCallsInterceptor {
  execute(input: WorkflowExecuteInput, next: Inner<'execute'>): Promise<unknown> {
    const { workflowType } = workflowInfo();
    return reached(`RunWorkflow:${workflowType}`, input, next);
  }

  handleSignal(input: SignalInput, next: Inner<'handleSignal'>): Promise<void> {
    return reached(`HandleSignal:${input.signalName}`, input, next);
  }

  handleUpdate(input: UpdateInput, next: Inner<'handleUpdate'>): Promise<unknown> {
    return reached(`HandleUpdate:${input.name}`, input, next);
  }
}

class Outbound implements WorkflowOutboundCallsInterceptor {
  scheduleActivity(input: ActivityInput, next: Outer<'scheduleActivity'>): Promise<unknown> {
    return started(`StartActivity:${input.activityType}`, input, next);
  }

  scheduleLocalActivity(input: LocalActivityInput, next: Outer<'scheduleLocalActivity'>): Promise<unknown> {
    return started(`StartActivity:${input.activityType}`, input, next);
  }

  signalWorkflow(input: SignalWorkflowInput, next: Outer<'signalWorkflow'>): Promise<void> {
    return started(`SignalWorkflow:${input.signalName}`, input, next);
  }

  getLogAttributes(input: GetLogAttributesInput, next: Outer<'getLogAttributes'>): Record<string, unknown> {
    const place = currentPlace();
    return next(place === undefined ? input : { trace_id: place.traceId, span_id: place.spanId, ...input });
  }
}

/**
 * A call that comes in, as a span below the place where it was made. Neither this nor `started` is an async function:
 * the SDK notes the call stack of every promise that a workflow makes, and that is a third of what its tasks compute.
 */
function reached<Input extends { readonly headers: Headers }, Output>(
  name: string,
  input: Input,
  next: (input: Input) => Promise<Output>,
): Promise<Output> {
  const parent = placeOf(input.headers);
  return parent === undefined ? next(input) : inSpan({ name, parent }, () => next(input));
}

/** A call that goes out, as a span below the present one, which it takes along. */
function started<Input extends ActivityInput | LocalActivityInput | SignalWorkflowInput, Output>(
  name: string,
  input: Input,
  next: (input: Input) => Promise<Output>,
): Promise<Output> {
  const parent = currentPlace();
  if (parent === undefined) return next(input);
  return inSpan({ name, parent }, (place) => next({ ...input, headers: withPlace(input.headers, place) }));
}

/** Found by this name when the bundler is given this module. */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [new Inbound()],
  outbound: [new Outbound()],
  internals: [
    {
      dispose(input, next) {
        forgetPlaces();
        next(input);
      },
    },
  ],
});
