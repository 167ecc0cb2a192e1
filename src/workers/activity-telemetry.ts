import { trace } from '@opentelemetry/api';
import type { Context, Info } from '@temporalio/activity';
import { TRACE_HEADER } from '@temporalio/interceptors-opentelemetry-v2/lib/instrumentation.js';
import { OpenTelemetryActivityInboundInterceptor } from '@temporalio/interceptors-opentelemetry-v2/lib/worker/index.js';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { z } from 'zod';
import { formatTarget } from '../domain/target/format-target.ts';
import { targetSchema } from '../domain/target/target.ts';
import { type LogContext, withLogContext } from '../telemetry/log-context.ts';
import { identityAttributes, spanAttribute } from '../domain/remediation/span-attributes.ts';

/** Makes what an activity logs name its workflow, and its run a span of the remediation's trace, if that has one. */
export class ActivityTelemetry extends OpenTelemetryActivityInboundInterceptor {
  readonly #info: Info;

  constructor(context: Context) {
    super(context);
    this.#info = context.info;
  }

  override execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    return withLogContext(logFields(this.#info), () =>
      // A workflow that is not traced sends no header; a trace of the activity alone would explain nothing.
      TRACE_HEADER in input.headers ? super.execute(input, (inner) => this.#describe(inner, next)) : next(input),
    );
  }

  #describe(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const { workflowExecution, attempt } = this.#info;
    const target = targetOf(input.args[0]);
    trace.getActiveSpan()?.setAttributes({
      ...identityAttributes(workflowExecution?.workflowId ?? ''),
      [spanAttribute.attempt]: attempt,
      ...(target === undefined ? {} : { [spanAttribute.target]: target }),
    });
    return next(input);
  }
}

function logFields({ workflowExecution, activityType, attempt }: Info): LogContext {
  return { ...workflowExecution, activityType, attempt };
}

const place = z.object({ target: targetSchema });
/** Activities that touch a target have it in their one argument: by itself, as resolved, or as the plan names it. */
const touching = z.union([
  place.transform(({ target }) => target),
  z.object({ planned: place }).transform(({ planned }) => planned.target),
  z.object({ plan: place }).transform(({ plan }) => plan.target),
]);

function targetOf(input: unknown): string | undefined {
  const target = touching.safeParse(input);
  return target.success ? formatTarget(target.data) : undefined;
}
