import { type Client, type HistoryAndWorkflowId, WorkflowNotFoundError } from '@temporalio/client';
import { type Execution, listExecutions, type ExecutionPage } from '../../clients/temporal/executions.ts';
import { allOf, equals } from '../../clients/temporal/visibility-query.ts';
import { CALL_DEADLINE_MS, temporalFailure } from '../../clients/temporal/temporal-failure.ts';

/** A workflow that a worker of this build may have to go on with. */
export type OpenWorkflow = Pick<Execution, 'workflowId' | 'runId'> & { readonly type: string };

export interface OpenWorkflows {
  /** The newest first, at most so many as were asked for. */
  readonly found: readonly OpenWorkflow[];
  /** Pinned to the version of a worker: no other build goes on with them. */
  readonly pinned: number;
  /** There are more than were asked for. */
  readonly more: boolean;
}

/** Of one page of the list. */
const PAGE = 200;
/** A history is megabytes at most. */
const FETCH_MS = 6 * CALL_DEADLINE_MS;

/** What runs on a task queue, by visibility, which lags by moments. */
export async function listOpen(
  client: Client,
  { taskQueue, limit }: { readonly taskQueue: string; readonly limit: number },
): Promise<OpenWorkflows> {
  const where = allOf([equals('ExecutionStatus', 'Running'), equals('TaskQueue', taskQueue)]);
  const found: OpenWorkflow[] = [];
  let pinned = 0;
  let page: ExecutionPage | undefined;
  do {
    const { nextPageToken: pageToken } = page ?? {};
    page = await listExecutions({ client, where, limit: PAGE, pageToken });
    for (const { workflowId, runId, type, keywords } of page.executions) {
      if (keywords['TemporalWorkflowVersioningBehavior'] === 'Pinned') pinned += 1;
      else if (found.length === limit) return { found, pinned, more: true };
      else found.push({ workflowId, runId, type });
    }
  } while (page.nextPageToken !== undefined);
  return { found, pinned, more: false };
}

/** Their histories, each fetched when it is asked for. One that no worker has taken up, or that is gone, is left out. */
export async function* historiesOf(
  client: Client,
  workflows: readonly OpenWorkflow[],
): AsyncGenerator<HistoryAndWorkflowId> {
  for (const { workflowId, runId } of workflows) {
    try {
      const handle = client.workflow.getHandle(workflowId, runId);
      const history = await client.withDeadline(Date.now() + FETCH_MS, () => handle.fetchHistory());
      const taken = history.events?.some(({ workflowTaskStartedEventAttributes: task }) => task != null) === true;
      if (taken) yield { workflowId, history };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) continue;
      throw temporalFailure(error);
    }
  }
}
