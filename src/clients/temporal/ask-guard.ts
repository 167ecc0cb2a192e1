import { setTimeout as pause } from 'node:timers/promises';
import {
  ApplicationFailure,
  type Client,
  WithStartWorkflowOperation,
  type Workflow,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { MendloopError } from '../../domain/failures.ts';
import { Lanes } from './lanes.ts';
import { grpcFault, inTime } from './temporal-failure.ts';

/** How long one question is asked again and again, in milliseconds. Its activity is then tried anew, with growing pauses. */
const PATIENCE_MS = 10_000;

/** A worker that lives answers within milliseconds; one that was killed is asked again sooner than its task times out. */
const CALL_MS = 5_000;

const SHORTEST_PAUSE_MS = 15;
const LONGEST_PAUSE_MS = 1000;

/** What the server answers to an update whose workflow ended, or continued as new, before it could answer. */
const ENDED_FIRST = 'AcceptedUpdateCompletedWorkflow';

/** Status code of gRPC. */
const RESOURCE_EXHAUSTED = 8;

export interface GuardQuestion {
  readonly workflowType: string;
  readonly workflowId: string;
  /** One line about the workflow, for the Web UI. */
  readonly summary: string;
  readonly update: string;
  readonly updateId: string;
  readonly input: unknown;
  /** Aborting rejects the question with the signal's reason. */
  readonly signal: AbortSignal;
}

/**
 * Asks an entity workflow, started first if it does not run, and waits for its answer. The same `updateId` again gets
 * the same answer for as long as the run lasts.
 *
 * @throws MendloopError `GuardUnavailable`; `Internal` if the workflow refuses the question as malformed.
 */
export type AskGuard = <Answer>(question: GuardQuestion) => Promise<Answer>;

export interface GuardAskerParts {
  readonly client: Client;
  /** Where workflows are started. */
  readonly taskQueue: string;
  /** Their input. */
  readonly start: object;
}

/**
 * Asks guards, few questions at a time for each: the server lets 10 updates of one workflow wait, and every one beyond
 * that makes it drop the task on which it was about to answer the others, so that a storm would stop it altogether.
 * What it refuses all the same is asked again after a growing pause, and so is what meets a guard that is just ending.
 */
export function createGuardAsker(parts: GuardAskerParts): AskGuard {
  const lanes = new Lanes(isCrowded);
  return async <Answer>(question: GuardQuestion) => {
    const { workflowId, signal } = question;
    const endsAt = performance.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await lanes.run({ to: workflowId, signal }, () => askOnce<Answer>(question, parts));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof WorkflowUpdateFailedError && !hasEndedFirst(error)) {
          const why = error.cause?.message ?? 'no reason given';
          throw new MendloopError('Internal', `${workflowId} refused the question: ${why}`);
        }
        // At random, so that those of a storm do not all come back at once.
        const ms = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random());
        if (performance.now() + ms > endsAt) throw unavailable(workflowId, error);
        await pause(ms);
      }
    }
  };
}

async function askOnce<Answer>(
  question: GuardQuestion,
  { client, taskQueue, start }: GuardAskerParts,
): Promise<Answer> {
  const { workflowType, workflowId, summary, update, updateId, input } = question;
  const startWorkflowOperation = new WithStartWorkflowOperation<Workflow>(workflowType, {
    ...{ workflowId, taskQueue, args: [start], staticSummary: summary },
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  return await inTime(
    client,
    () =>
      client.workflow.executeUpdateWithStart<Workflow, Answer, [unknown]>(update, {
        ...{ startWorkflowOperation, updateId, args: [input] },
      }),
    CALL_MS,
  );
}

/** The SDK waits by itself when it is told to slow down, so that it may run out of time first. */
function isCrowded(error: unknown): boolean {
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || grpcFault(error)?.code === RESOURCE_EXHAUSTED;
}

function hasEndedFirst({ cause }: WorkflowUpdateFailedError): boolean {
  return cause instanceof ApplicationFailure && cause.type === ENDED_FIRST;
}

function unavailable(workflowId: string, error: unknown): MendloopError {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new MendloopError('GuardUnavailable', `${workflowId}: no worker has answered in time`);
  }
  const fault = grpcFault(error);
  const why =
    fault?.code === RESOURCE_EXHAUSTED
      ? 'too many ask at the same time'
      : (fault?.details ?? (error instanceof Error ? error.name : typeof error));
  return new MendloopError('GuardUnavailable', `${workflowId}: ${why}`);
}
