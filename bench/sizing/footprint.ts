import proto from '@temporalio/proto';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';

const { EventType } = proto.temporal.api.enums.v1;
const { History } = proto.temporal.api.history.v1;

/** What one workflow costs whoever keeps it. */
export interface Footprint {
  readonly events: number;
  /** Billable actions of Temporal Cloud that its history shows; heartbeats and queries are not in a history. */
  readonly actions: number;
  /** Of its history, as Temporal stores it: protobuf, not compressed. */
  readonly bytes: number;
  /** Tasks that go through the task queue. */
  readonly workflowTasks: number;
  readonly activityTasks: number;
}

type Event = proto.temporal.api.history.v1.IHistoryEvent;

/** Of a history in Temporal's JSON, as `temporal workflow show --output json` prints it. */
export function footprintOf(json: unknown): Footprint {
  const history = historyFromJSON(json);
  const events = history.events ?? [];
  const count = (type: keyof typeof EventType) =>
    events.filter(({ eventType }) => eventType === EventType[type]).length;
  return {
    events: events.length,
    actions: actionsOf(events),
    bytes: History.encode(history).finish().length,
    workflowTasks: count('EVENT_TYPE_WORKFLOW_TASK_SCHEDULED'),
    activityTasks: count('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED'),
  };
}

/** Events that are one action each. Source: Temporal Cloud's page "Actions". */
const BILLED: ReadonlySet<number> = new Set([
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  EventType.EVENT_TYPE_TIMER_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
]);

function actionsOf(events: readonly Event[]): number {
  const single = events.filter(({ eventType }) => BILLED.has(eventType ?? 0)).length;
  const retries = events.reduce((sum, event) => sum + Math.max(0, (attemptOf(event) ?? 1) - 1), 0);
  // Local activities and other markers of one workflow task are one action together.
  const tasks = events.flatMap(({ markerRecordedEventAttributes: marker }) =>
    marker === undefined || marker === null ? [] : [String(marker.workflowTaskCompletedEventId)],
  );
  return single + retries + new Set(tasks).size;
}

function attemptOf({ activityTaskStartedEventAttributes: started }: Event): number | undefined {
  return started?.attempt ?? undefined;
}
