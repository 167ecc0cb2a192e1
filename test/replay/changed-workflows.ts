import { sleep, upsertMemo } from '@temporalio/workflow';
import { allClear as originalAllClear } from '../../src/workflows/all-clear.ts';
import { budgetLedger as originalLedger } from '../../src/workflows/guards/budget-ledger.ts';
import { clusterGuard as originalClusterGuard } from '../../src/workflows/guards/cluster-guard.ts';
import { targetGuard as originalTargetGuard } from '../../src/workflows/guards/target-guard.ts';
import { remediation as original } from '../../src/workflows/remediation/remediation.ts';

/** The workflow with a change that would break running ones: a timer before everything else. */
export async function remediation(...args: Parameters<typeof original>): ReturnType<typeof original> {
  await sleep('1s');
  return await original(...args);
}

export async function allClear(...args: Parameters<typeof originalAllClear>): ReturnType<typeof originalAllClear> {
  await sleep('1s');
  return await originalAllClear(...args);
}

/** The guards too. A timer would not do: some of their runs begin with one. */
export async function targetGuard(...args: Parameters<typeof originalTargetGuard>): Promise<void> {
  upsertMemo({ changed: true });
  await originalTargetGuard(...args);
}

export async function clusterGuard(...args: Parameters<typeof originalClusterGuard>): Promise<void> {
  upsertMemo({ changed: true });
  await originalClusterGuard(...args);
}

export async function budgetLedger(...args: Parameters<typeof originalLedger>): Promise<void> {
  upsertMemo({ changed: true });
  await originalLedger(...args);
}
