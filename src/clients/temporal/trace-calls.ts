import { trace } from '@opentelemetry/api';
import type {
  Next,
  WorkflowClientInterceptor,
  WorkflowSignalInput,
  WorkflowSignalWithStartInput,
  WorkflowStartInput,
  WorkflowStartUpdateInput,
  WorkflowStartUpdateWithStartInput,
} from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry-v2/lib/client/index.js';
import { identityAttributes } from '../../domain/remediation/span-attributes.ts';

type Call<Name extends keyof WorkflowClientInterceptor> = Next<WorkflowClientInterceptor, Name>;

/**
 * Makes calls that change something spans of the caller's trace, and hands the trace on to the workflow. Without a
 * trace that is recorded nothing is added to a call: no span, and no header that histories would have to keep. Reading
 * (query, describe) is never traced: consoles and probes do it all the time.
 */
export class TraceCalls implements WorkflowClientInterceptor {
  readonly #tracing = new OpenTelemetryWorkflowClientInterceptor();

  startWithDetails(input: WorkflowStartInput, next: Call<'startWithDetails'>) {
    if (!isTraced()) return next(input);
    return this.#tracing.startWithDetails(input, named(input.options.workflowId, next));
  }

  signal(input: WorkflowSignalInput, next: Call<'signal'>) {
    if (!isTraced()) return next(input);
    return this.#tracing.signal(input, named(input.workflowExecution.workflowId, next));
  }

  signalWithStart(input: WorkflowSignalWithStartInput, next: Call<'signalWithStart'>) {
    return isTraced() ? this.#tracing.signalWithStart(input, next) : next(input);
  }

  startUpdate(input: WorkflowStartUpdateInput, next: Call<'startUpdate'>) {
    if (!isTraced()) return next(input);
    return this.#tracing.startUpdate(input, named(input.workflowExecution.workflowId, next));
  }

  startUpdateWithStart(input: WorkflowStartUpdateWithStartInput, next: Call<'startUpdateWithStart'>) {
    return isTraced() ? this.#tracing.startUpdateWithStart(input, next) : next(input);
  }
}

function isTraced(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

/** Says on the call's own span whose remediation it is. */
function named<Input, Output>(workflowId: string, next: (input: Input) => Output): (input: Input) => Output {
  return (input) => {
    trace.getActiveSpan()?.setAttributes(identityAttributes(workflowId));
    return next(input);
  };
}
