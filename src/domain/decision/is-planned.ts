import type { Decision, PlannedDecision } from '../decision.ts';

/** Apart from the decision's schema, so that workflows and the browser need not load what checks it. */
export function isPlanned(decision: Decision | undefined): decision is PlannedDecision {
  return decision?.verdict === 'plan' || decision?.verdict === 'observe';
}
