import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;

/** A place in a remediation's history: the workflow task that follows it is done anew, with all that comes after. */
export const Place = {
  /** Nothing has been decided, read, asked or done. */
  Beginning: 'beginning',
  /** The effect is done, and is known to be; the proof is to be taken. */
  AfterAct: 'act',
} as const;
export type Place = (typeof Place)[keyof typeof Place];

/** The activity whose completion a place follows. */
const AFTER: Readonly<Record<Place, string | undefined>> = {
  [Place.Beginning]: undefined,
  [Place.AfterAct]: 'scale',
};

/** Resets a workflow as an operator does in the Web UI: signals that came later are handed in again. */
export async function resetTo(client: Client, workflowId: string, place: Place): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events = [] } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const activity = AFTER[place];
  const scheduled = events?.find(
    ({ activityTaskScheduledEventAttributes: found }) =>
      activity !== undefined && found?.activityType?.name === activity,
  );
  const done = events?.find(
    ({ activityTaskCompletedEventAttributes: found }) =>
      found != null && Number(found.scheduledEventId) === Number(scheduled?.eventId),
  );
  if (activity !== undefined && done === undefined) throw new Error(`${activity} has not been done yet`);
  const after = Number(done?.eventId ?? 0);
  const task = events?.find(
    ({ eventType, eventId }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED && Number(eventId) > after,
  );
  if (task == null) throw new Error(`no workflow task has been done after event ${after}`);
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    workflowTaskFinishEventId: task.eventId ?? null,
    requestId: randomUUID(),
  });
}
