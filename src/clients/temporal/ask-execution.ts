import {
  ApplicationFailure,
  type Client,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { MendloopError } from '../../domain/failures.ts';
import { grpcFault, inTime, temporalFailure } from './temporal-failure.ts';

/** A worker that lives answers within milliseconds. */
const QUERY_DEADLINE_MS = 3_000;
/** Longer: a vote is worth waiting for, and its sender is a person. */
const UPDATE_DEADLINE_MS = 10_000;

export type Answer<T> =
  | { readonly status: 'answered'; readonly value: T }
  /** No answer: there is no worker, or one that does not know the question. */
  | { readonly status: 'silent'; readonly reason: string }
  | { readonly status: 'not_found' };

/** Asks a workflow, running or closed. A worker has to be there. */
export async function queryExecution<T>(request: {
  readonly client: Client;
  readonly workflowId: string;
  readonly query: string;
  readonly args?: readonly unknown[];
}): Promise<Answer<T>> {
  const { client, workflowId, query, args = [] } = request;
  try {
    const ask = () => client.workflow.getHandle(workflowId).query<T, unknown[]>(query, ...args);
    const value = await inTime(client, ask, QUERY_DEADLINE_MS);
    return { status: 'answered', value };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { status: 'not_found' };
    return { status: 'silent', reason: grpcFault(error)?.details ?? nameOf(error) };
  }
}

export type Update<T> =
  | { readonly status: 'done'; readonly value: T }
  /** The workflow's own validator said no. */
  | { readonly status: 'refused'; readonly reason: string }
  /** There is no such workflow that still runs. */
  | { readonly status: 'not_running' };

/** What Temporal answers to an update that the workflow accepted and then ended before answering. */
const ENDED_FIRST = 'AcceptedUpdateCompletedWorkflow';

/**
 * Asks a running workflow for something, and waits for its answer. The same `updateId` again does nothing and gets the
 * same answer.
 *
 * @throws MendloopError `TemporalUnavailable`; if no worker answered in time, it may still take effect.
 */
export async function updateExecution<T>(request: {
  readonly client: Client;
  readonly workflowId: string;
  readonly update: string;
  readonly updateId: string;
  readonly input: unknown;
}): Promise<Update<T>> {
  const { client, workflowId, update, updateId, input } = request;
  try {
    const value = await inTime(
      client,
      () => client.workflow.getHandle(workflowId).executeUpdate<T, [unknown]>(update, { updateId, args: [input] }),
      UPDATE_DEADLINE_MS,
    );
    return { status: 'done', value };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { status: 'not_running' };
    if (error instanceof WorkflowUpdateFailedError) {
      const { cause } = error;
      if (cause instanceof ApplicationFailure && cause.type === ENDED_FIRST) return { status: 'not_running' };
      return { status: 'refused', reason: cause?.message ?? error.message };
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      throw new MendloopError('TemporalUnavailable', 'no worker has answered in time; it may still take effect');
    }
    throw temporalFailure(error);
  }
}

/** Tells a running workflow something; false if there is none. */
export async function signalExecution(request: {
  readonly client: Client;
  readonly workflowId: string;
  readonly signal: string;
  readonly input: unknown;
}): Promise<boolean> {
  const { client, workflowId, signal, input } = request;
  try {
    await inTime(client, () => client.workflow.getHandle(workflowId).signal(signal, input));
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw temporalFailure(error);
  }
}

/** What a closed run returned; undefined if it was cancelled, terminated or failed. */
export async function resultOf<T>(client: Client, run: { workflowId: string; runId: string }): Promise<T | undefined> {
  try {
    const handle = client.workflow.getHandle(run.workflowId, run.runId, { followRuns: false });
    return (await inTime(client, () => handle.result())) as T;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return undefined;
    throw temporalFailure(error);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}
