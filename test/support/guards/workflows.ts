export { budgetLedger } from '../../../src/workflows/guards/budget-ledger.ts';
export { clusterGuard } from '../../../src/workflows/guards/cluster-guard.ts';
export { targetGuard } from '../../../src/workflows/guards/target-guard.ts';
export { member } from './member-workflow.ts';
