import type { Decision } from '../decision.ts';
import { Mode } from './mode.ts';
import { approvalClauseSchema } from '../plan/approval-clause.ts';

type Planned = Extract<Decision, { verdict: 'plan' }>;

/**
 * A plan in the mode that holds for it. Where that mode asks for a human and policy has no terms of its own, those of the
 * schema hold.
 */
export function inMode(decision: Planned, effectiveMode: NonNullable<Planned['effectiveMode']>): Planned {
  const { plan } = decision;
  if (effectiveMode.mode !== Mode.Approve || plan.approval !== undefined) return { ...decision, effectiveMode };
  return { ...decision, effectiveMode, plan: { ...plan, approval: plan.approvers ?? approvalClauseSchema.parse({}) } };
}
