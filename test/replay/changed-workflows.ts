import { sleep } from '@temporalio/workflow';
import { remediation as original } from '../../src/workflows/remediation.ts';

/** The remediation with a change that would break running ones: a timer before everything else. */
export async function remediation(...args: Parameters<typeof original>): ReturnType<typeof original> {
  await sleep('1s');
  return await original(...args);
}
