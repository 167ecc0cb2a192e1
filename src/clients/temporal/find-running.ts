import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { inTime, temporalFailure } from './temporal-failure.ts';

/** Descriptions asked for at once. */
const CONCURRENCY = 8;

export interface RunningState {
  readonly id: string;
  /** False also for what the namespace does not know, or does not remember any more. */
  readonly running: boolean;
}

/**
 * Whether workflows run, by what the server itself knows; its list may lag behind.
 *
 * @throws MendloopError `TemporalUnavailable`.
 */
export async function findRunning(client: Client, ids: readonly string[]): Promise<RunningState[]> {
  const queue = ids.values();
  const found: RunningState[] = [];
  const lanes = Array.from({ length: Math.min(CONCURRENCY, ids.length) }, async () => {
    for (const id of queue) found.push({ id, running: await isRunning(client, id) });
  });
  await Promise.all(lanes);
  return found;
}

async function isRunning(client: Client, id: string): Promise<boolean> {
  try {
    const { status } = await inTime(client, () => client.workflow.getHandle(id).describe());
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw temporalFailure(error);
  }
}
