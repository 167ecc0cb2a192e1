import { isPlanned } from '../decision/is-planned.ts';
import type { Plan } from '../plan/plan.ts';
import type { RemediationStatus } from '../remediation/remediation.ts';
import { plansOf } from './plans-of.ts';

/** The plan that is tried now, or was last; undefined where policy made none. */
export function planInForce({ decision, ladder }: Pick<RemediationStatus, 'decision' | 'ladder'>): Plan | undefined {
  if (!isPlanned(decision)) return undefined;
  return plansOf(decision)[(ladder?.rung ?? 1) - 1] ?? decision.plan;
}
