import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';

export interface WantedSchedule {
  readonly client: Client;
  /** One for each namespace of Temporal, whichever process makes it first. */
  readonly scheduleId: string;
  readonly taskQueue: string;
  /** The workflow that it starts, and under which ID. */
  readonly workflowType: string;
  readonly workflowId: string;
  readonly everySeconds: number;
}

/** Makes a Schedule, and has it run at once; or brings the one that is there in line with the settings. */
export async function ensureSchedule(wanted: WantedSchedule): Promise<void> {
  const { client, scheduleId, taskQueue, workflowType, workflowId, everySeconds } = wanted;
  const spec = { intervals: [{ every: everySeconds * 1000 }] };
  const action = { type: 'startWorkflow' as const, workflowType, taskQueue, workflowId, args: [] };
  const policies = {
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupWindow: everySeconds * 1000, // What was missed while Temporal was down is done by the next run.
  };
  try {
    await client.schedule.create({ scheduleId, spec, action, policies });
    await triggerSchedule(client, scheduleId);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update((current) => ({ ...current, spec, action, policies }));
  }
}

/**
 * Has it run now, unless it runs already. Of a run that may overlap, which is what a trigger asks for by default, the next
 * one would not be told the result.
 */
export async function triggerSchedule(client: Client, scheduleId: string): Promise<void> {
  await client.schedule.getHandle(scheduleId).trigger(ScheduleOverlapPolicy.SKIP);
}

/** Takes it away again; tolerates that it is not there. */
export async function removeSchedule(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
