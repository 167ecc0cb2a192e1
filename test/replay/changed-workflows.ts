import { sleep } from '@temporalio/workflow';
import { allClear as originalAllClear } from '../../src/workflows/all-clear.ts';
import { remediation as original } from '../../src/workflows/remediation/remediation.ts';
import { sweep as originalSweep } from '../../src/workflows/sweep.ts';

export { auditRetention } from '../../src/workflows/audit-retention.ts';

/** The workflow with a change that would break running ones: a timer before everything else. */
export async function remediation(...args: Parameters<typeof original>): ReturnType<typeof original> {
  await sleep('1s');
  return await original(...args);
}

export async function allClear(...args: Parameters<typeof originalAllClear>): ReturnType<typeof originalAllClear> {
  await sleep('1s');
  return await originalAllClear(...args);
}

export async function sweep(...args: Parameters<typeof originalSweep>): ReturnType<typeof originalSweep> {
  await sleep('1s');
  return await originalSweep(...args);
}
