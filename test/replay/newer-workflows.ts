import { proxyActivities } from '@temporalio/workflow';

/** A workflow of a version that has an activity which no worker of this one has. */
export async function newer(): Promise<void> {
  const { ofTheNextVersion } = proxyActivities<{ ofTheNextVersion(): Promise<void> }>({ startToCloseTimeout: '10s' });
  await ofTheNextVersion();
}
