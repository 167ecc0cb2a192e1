import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { inTime, temporalFailure } from './temporal-failure.ts';

/** Descriptions asked for at once. */
const CONCURRENCY = 8;

/**
 * Which workflows are open, by what the server itself knows of the current run of each ID; its list may lag behind. A run
 * is closed when it has a close time: a paused one is open, and one that was reset goes on under the same ID.
 *
 * @throws MendloopError `TemporalUnavailable`.
 */
export async function findOpen(client: Client, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const queue = ids.values();
  const open = new Set<string>();
  const lanes = Array.from({ length: Math.min(CONCURRENCY, ids.length) }, async () => {
    for (const id of queue) if (await isOpen(client, id)) open.add(id);
  });
  await Promise.all(lanes);
  return open;
}

async function isOpen(client: Client, id: string): Promise<boolean> {
  try {
    return (await inTime(client, () => client.workflow.getHandle(id).describe())).closeTime === undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw temporalFailure(error);
  }
}
