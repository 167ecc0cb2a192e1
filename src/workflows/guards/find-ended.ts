import { proxyActivities } from '@temporalio/workflow';
import type { GuardActivities } from '../../activities/guards.ts';

/** Whether holders still run. Given up soon, because the guard looks again anyway. */
const { describeRemediations } = proxyActivities<Pick<GuardActivities, 'describeRemediations'>>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '60s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
  summary: 'look whether the holders still run',
});

/** Those of the remediations that are no longer running. */
export async function findEnded(ids: readonly string[]): Promise<string[]> {
  const described = await describeRemediations({ ids });
  return described.filter(({ running }) => !running).map(({ id }) => id);
}
