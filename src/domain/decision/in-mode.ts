import type { Decision } from '../decision.ts';
import { Mode } from './mode.ts';
import type { Plan } from '../plan/plan.ts';
import { approvalClauseSchema } from '../plan/approval-clause.ts';

type Planned = Extract<Decision, { verdict: 'plan' }>;

/**
 * A plan in the mode that holds for it. Where that mode asks for a human and policy has no terms of its own, those of the
 * schema hold.
 */
export function inMode(decision: Planned, effectiveMode: NonNullable<Planned['effectiveMode']>): Planned {
  if (effectiveMode.mode !== Mode.Approve) return { ...decision, effectiveMode };
  const { plan, further } = decision;
  return {
    ...{ ...decision, effectiveMode, plan: asked(plan) },
    ...(further === undefined ? {} : { further: further.map(asked) }),
  };
}

function asked(plan: Plan): Plan {
  return { ...plan, approval: plan.approval ?? plan.approvers ?? approvalClauseSchema.parse({}) };
}
