import { patched, sleep } from '@temporalio/workflow';
import { remediation as original } from '../../src/workflows/remediation/remediation.ts';

export { allClear } from '../../src/workflows/all-clear.ts';
export { auditRetention } from '../../src/workflows/audit-retention.ts';
export { sweep } from '../../src/workflows/sweep.ts';

/** The workflow with a change that running ones survive: those that began before do without it. */
export async function remediation(...args: Parameters<typeof original>): ReturnType<typeof original> {
  if (patched('sleep-first')) await sleep('10ms');
  return await original(...args);
}
