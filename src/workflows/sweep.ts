import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { SweepActivities } from '../activities/sweep.ts';

type Swept = Awaited<ReturnType<SweepActivities['sweepStore']>>;

const { sweepStore } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '2m', // It looks at what is due, a bounded number of rows at a time.
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 5 },
  summary: 'wake what is due, and free what its workflow no longer holds',
});

/**
 * Sweeps the store; run by a Schedule, so that nothing waits for a process that died. Temporal hands each run the result
 * of the last one that succeeded: by it, a store that was restored from an older copy is told from the one that was left.
 */
export async function sweep(): Promise<Swept> {
  const previous = workflowInfo().lastResult as Swept | undefined;
  return await sweepStore(previous === undefined ? {} : { remembered: previous.remembered });
}
