import type { Client } from '@temporalio/client';
import { queryExecution, resultOf } from './ask-execution.ts';
import { findExecution } from './executions.ts';

/**
 * What a workflow says of itself when it is asked by `query`; of one that has completed without a worker that answers, as
 * where those of its version have gone, what it returned, which is the same and more. Undefined if neither is known.
 *
 * @throws MendloopError `TemporalUnavailable`.
 */
export async function readRecord<T>(
  client: Client,
  { workflowId, query }: { readonly workflowId: string; readonly query: string },
): Promise<T | undefined> {
  const answer = await queryExecution<T>({ client, workflowId, query });
  if (answer.status === 'answered') return answer.value;
  const ended = answer.status === 'silent' ? await findExecution(client, workflowId) : undefined;
  return ended?.status === 'completed' ? await resultOf<T>(client, ended) : undefined;
}
