import type { RemediationStatus } from '../remediation/remediation.ts';
import type { JudgedPrecondition } from './precondition.ts';

/** What the plan in force wanted to be so, as it was judged last; empty: nothing, or it was not looked at yet. */
export function judgedOf({
  planned,
  fault,
}: Pick<RemediationStatus, 'planned' | 'fault'>): readonly JudgedPrecondition[] {
  return fault?.preconditions ?? planned?.preconditions ?? [];
}

/** `met: no second restart within 24 h (not done in that time)`. */
export function describeJudged({ text, met, seen }: JudgedPrecondition): string {
  return `${met ? 'met' : 'not met'}: ${text} (${seen})`;
}
