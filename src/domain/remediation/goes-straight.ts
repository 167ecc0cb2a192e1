import type { Decision, PlannedDecision } from '../decision.ts';
import { isPlanned } from '../decision/is-planned.ts';
import { Mode } from '../decision/mode.ts';
import { modeOf } from '../decision/mode-of.ts';
import { isSlow } from '../evidence/is-slow.ts';

/** Whether nothing stands between the start of a remediation and its admission: no human, and no evidence that takes long. */
export function goesStraight(decision: Decision | undefined): decision is PlannedDecision {
  if (!isPlanned(decision) || modeOf(decision).mode !== Mode.Auto) return false;
  // What is asked of the store for a rung depends on the rungs before it.
  if (decision.further !== undefined && decision.further.length > 0) return false;
  const { approval, evidence } = decision.plan;
  return approval === undefined && (evidence === undefined || !isSlow(evidence));
}
