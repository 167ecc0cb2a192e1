import {
  type ActivityInput,
  ContinueAsNew,
  type ContinueAsNewInput,
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
import { REMEDIATION_WORKFLOW } from '../../contract/remediation.ts';
import { currentPlace, forgetPlaces, inSpan, placeOf, withPlace } from './spans.ts';

type Inner<Name extends keyof WorkflowInboundCallsInterceptor> = Next<WorkflowInboundCallsInterceptor, Name>;
type Outer<Name extends keyof WorkflowOutboundCallsInterceptor> = Next<WorkflowOutboundCallsInterceptor, Name>;

/**
 * Makes spans of what a workflow does, if the call that reached it was made in a trace. That is in history, so that a
 * replay does the same whether traces are exported meanwhile or not; and a call without a trace is left quite alone.
 * Queries are never spans: people and probes ask all the time, and a query does nothing that a trace could explain.
 */
class Inbound implements WorkflowInboundCallsInterceptor {
  async execute(input: WorkflowExecuteInput, next: Inner<'execute'>): Promise<unknown> {
    const { workflowType } = workflowInfo();
    // A guard outlives the remediation that started it by weeks: its run belongs to no trace, only its updates do.
    const parent = workflowType === REMEDIATION_WORKFLOW ? placeOf(input.headers) : undefined;
    if (parent === undefined) return await next(input);
    const isExpected = (error: unknown) => error instanceof ContinueAsNew;
    return await inSpan({ name: `RunWorkflow:${workflowType}`, parent, isExpected }, () => next(input));
  }

  async handleSignal(input: SignalInput, next: Inner<'handleSignal'>): Promise<void> {
    const parent = placeOf(input.headers);
    if (parent === undefined) await next(input);
    else await inSpan({ name: `HandleSignal:${input.signalName}`, parent }, () => next(input));
  }

  async handleUpdate(input: UpdateInput, next: Inner<'handleUpdate'>): Promise<unknown> {
    const parent = placeOf(input.headers);
    const answer =
      parent === undefined
        ? await next(input)
        : await inSpan({ name: `HandleUpdate:${input.name}`, parent }, () => next(input));
    await afterTheWorkflow();
    return answer;
  }
}

class Outbound implements WorkflowOutboundCallsInterceptor {
  async scheduleActivity(input: ActivityInput, next: Outer<'scheduleActivity'>): Promise<unknown> {
    return await started(`StartActivity:${input.activityType}`, input, next);
  }

  async scheduleLocalActivity(input: LocalActivityInput, next: Outer<'scheduleLocalActivity'>): Promise<unknown> {
    return await started(`StartActivity:${input.activityType}`, input, next);
  }

  async signalWorkflow(input: SignalWorkflowInput, next: Outer<'signalWorkflow'>): Promise<void> {
    await started(`SignalWorkflow:${input.signalName}`, input, next);
  }

  async continueAsNew(input: ContinueAsNewInput, next: Outer<'continueAsNew'>): Promise<never> {
    const place = currentPlace();
    return await next(place === undefined ? input : { ...input, headers: withPlace(input.headers, place) });
  }

  getLogAttributes(input: GetLogAttributesInput, next: Outer<'getLogAttributes'>): Record<string, unknown> {
    const place = currentPlace();
    return next(place === undefined ? input : { trace_id: place.traceId, span_id: place.spanId, ...input });
  }
}

/**
 * Lets what an update has set off in the workflow go first. In the histories of guards their timers are cancelled before
 * the update is answered: they were recorded with interceptors that awaited so often, and have to go on replaying.
 */
async function afterTheWorkflow(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await Promise.resolve();
}

/** A call that goes out, as a span below the present one, which it takes along. */
async function started<Input extends ActivityInput | LocalActivityInput | SignalWorkflowInput, Output>(
  name: string,
  input: Input,
  next: (input: Input) => Promise<Output>,
): Promise<Output> {
  const parent = currentPlace();
  if (parent === undefined) return await next(input);
  return await inSpan({ name, parent }, (place) => next({ ...input, headers: withPlace(input.headers, place) }));
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
