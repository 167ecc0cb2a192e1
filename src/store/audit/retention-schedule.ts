import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';

/** One for each namespace of Temporal, whoever makes it first. */
const SCHEDULE_ID = 'mendloop-audit-retention';

export interface RetentionSchedule {
  readonly client: Client;
  readonly taskQueue: string;
  /** The workflow that it starts. */
  readonly workflowType: string;
  readonly everyMinutes: number;
}

/** Makes the Schedule, or brings the one that is there in line with the settings. */
export async function ensureRetentionSchedule(options: RetentionSchedule): Promise<void> {
  const { client, taskQueue, workflowType, everyMinutes } = options;
  const spec = { intervals: [{ every: everyMinutes * 60_000 }] };
  const action = { type: 'startWorkflow' as const, workflowType, taskQueue, workflowId: 'audit-retention', args: [] };
  const policies = {
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupWindow: everyMinutes * 60_000, // What was missed while Temporal was down is done by the next run.
  };
  try {
    await client.schedule.create({ scheduleId: SCHEDULE_ID, spec, action, policies });
    await triggerRetention(client);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(SCHEDULE_ID).update((current) => ({ ...current, spec, action, policies }));
  }
}

/**
 * Has it run now, unless it runs already. Of a run that may overlap, which is what a trigger asks for by default, the next
 * one would not be told the result.
 */
export async function triggerRetention(client: Client): Promise<void> {
  await client.schedule.getHandle(SCHEDULE_ID).trigger(ScheduleOverlapPolicy.SKIP);
}

/** Takes it away again; tolerates that it is not there. */
export async function removeRetentionSchedule(client: Client): Promise<void> {
  try {
    await client.schedule.getHandle(SCHEDULE_ID).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
