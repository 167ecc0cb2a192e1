import { defined } from '../defined.ts';
import { type ApprovalClause, approvalClauseSchema } from '../plan/approval-clause.ts';
import type { Plan } from '../plan/plan.ts';

/** Who has to say yes about a change of an object of the team's, if a human is asked at all. */
export function approvalFor(
  { approval, approvers }: Pick<Plan, 'approval' | 'approvers'>,
  team: string | undefined,
): ApprovalClause {
  const { teams = {}, ...terms } = approval ?? approvers ?? approvalClauseSchema.parse({});
  const own = team !== undefined && Object.hasOwn(teams, team) ? teams[team] : undefined;
  return { ...terms, ...defined(own ?? {}) };
}
