import { type Client, defaultPayloadConverter, type WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { inTime, temporalFailure } from './temporal-failure.ts';

/** An activity that a run has scheduled, and what is known to have become of it. */
export interface ScheduledActivity {
  readonly type: string;
  /** Its first argument. */
  readonly input: unknown;
  /** Absent: it has not succeeded, or its answer was lost. */
  readonly result?: unknown;
  /** Of the application's failure that it ended with. */
  readonly failure?: { readonly type: string; readonly details: readonly unknown[] };
}

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/**
 * The ordinary activities that a run has scheduled, and those of the runs that resets have cut it off from; in their order.
 *
 * @throws MendloopError `TemporalUnavailable`.
 */
export async function cutOffActivities(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<readonly ScheduledActivity[]> {
  const runs = new Set([runId]);
  const found = new Map<string, ScheduledActivity & { readonly at: number }>();
  for (const run of runs) {
    const events = await historyOf(client, workflowId, run);
    for (const base of events.flatMap((event) => event.workflowTaskFailedEventAttributes?.baseRunId || []))
      runs.add(base);
    for (const { key, ...activity } of activitiesOf(events)) {
      // Both have what came before the reset; one alone may have heard the end.
      found.set(key, { ...activity, ...found.get(key) });
    }
  }
  return [...found.values()].toSorted((one, other) => one.at - other.at);
}

async function historyOf(client: Client, workflowId: string, runId: string): Promise<readonly HistoryEvent[]> {
  try {
    return (await inTime(client, () => client.workflow.getHandle(workflowId, runId).fetchHistory())).events ?? [];
  } catch (error) {
    throw temporalFailure(error);
  }
}

function activitiesOf(events: readonly HistoryEvent[]) {
  const ends = new Map(
    events.flatMap((event) => {
      const end = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes;
      return end == null ? [] : [[String(end.scheduledEventId), event] as const];
    }),
  );
  return events.flatMap(({ activityTaskScheduledEventAttributes: scheduled, eventId, eventTime }) => {
    if (scheduled == null) return [];
    const at = Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
    const type = scheduled.activityType?.name ?? '';
    const [input] = decoded(scheduled.input?.payloads);
    return [{ key: `${eventId?.toString() ?? ''}/${at}`, at, type, input, ...endOf(ends.get(String(eventId))) }];
  });
}

function endOf(event: HistoryEvent | undefined): Pick<ScheduledActivity, 'result' | 'failure'> {
  const { activityTaskCompletedEventAttributes: completed, activityTaskFailedEventAttributes: failed } = event ?? {};
  if (completed != null) return { result: decoded(completed.result?.payloads)[0] };
  const failure = failed?.failure?.applicationFailureInfo;
  if (failure == null) return {};
  return { failure: { type: failure.type ?? '', details: decoded(failure.details?.payloads) } };
}

function decoded(payloads: readonly Payload[] | null | undefined): readonly unknown[] {
  return (payloads ?? []).map((payload): unknown => defaultPayloadConverter.fromPayload(payload));
}
