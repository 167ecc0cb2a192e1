import type { HistoryAndWorkflowId } from '@temporalio/client';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { unheardSinks } from '../../workers/unheard-sinks.ts';
import type { OpenWorkflow } from './open-histories.ts';

/** A replay only computes: the longest history that Temporal keeps takes some seconds. */
const MAX_REPLAY_MS = 60_000;

/** An open workflow with which a build would not go on. */
export interface Refused extends OpenWorkflow {
  /** In the SDK's words; of one line. */
  readonly reason: string;
  /** Whether its workflow decides otherwise than it did; else the replay failed in another way. */
  readonly decidesOtherwise: boolean;
}

export interface CheckedHistories {
  readonly replayed: number;
  readonly refused: readonly Refused[];
}

export interface CheckHistories {
  readonly bundle: WorkflowBundleOption;
  readonly workflows: readonly OpenWorkflow[];
  /** Of these workflows. */
  readonly histories: AsyncIterable<HistoryAndWorkflowId>;
  /** After each of them. */
  readonly onReplayed: (replayed: number) => void;
}

/**
 * Replays histories against a build's workflows, one after the other.
 *
 * @throws Error if a replay does not come to its end.
 */
export async function checkHistories(request: CheckHistories): Promise<CheckedHistories> {
  const { bundle, workflows, histories, onReplayed } = request;
  const byRun = new Map(workflows.map((workflow) => [workflow.runId, workflow]));
  const results = Worker.runReplayHistories({ workflowBundle: bundle, sinks: unheardSinks() }, histories);
  const refused: Refused[] = [];
  let replayed = 0;
  for (;;) {
    const result = await withinBound(results.next());
    if (result.done === true) return { replayed, refused };
    replayed += 1;
    onReplayed(replayed);
    const { workflowId, runId, error } = result.value;
    if (error === undefined) continue;
    const type = byRun.get(runId)?.type ?? '';
    const [reason = ''] = error.message.split('\n');
    refused.push({ workflowId, runId, type, reason, decidesOtherwise: error instanceof DeterminismViolationError });
  }
}

/** The SDK does not tell when its core has died over a history that it cannot read. */
async function withinBound<T>(next: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`a replay has not ended in ${MAX_REPLAY_MS / 1000} s: its history may be incomplete`));
    }, MAX_REPLAY_MS);
  });
  try {
    return await Promise.race([next, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
