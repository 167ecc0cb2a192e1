import type { PlannedChange } from '../domain/actions/contract.ts';
import { ACTIONS } from '../domain/actions/index.ts';
import { defined } from '../domain/defined.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { PreludeClause } from '../domain/plan/prelude-clause.ts';
import type { PreparedPrelude, PrepareRequest } from '../domain/remediation/prepared.ts';
import { nameTarget } from '../domain/target/name-target.ts';
import type { PlanChangeRequest } from './plan-change.ts';

export type PreludeRequest = Pick<PrepareRequest, 'plan' | 'behind' | 'standing'> &
  Partial<Pick<PrepareRequest, 'remediationId'>>;

export interface PlannedPair {
  readonly planned: PlannedChange;
  /** Absent: the plan has none, or there is nothing to be done. */
  readonly prelude?: PreparedPrelude;
}

type PlanOne = (request: PlanChangeRequest) => Promise<PlannedChange>;

/**
 * Works out what a plan would do, and then what has to come before it. What the prelude makes so is wanted of the target only
 * where the prelude is not needed.
 *
 * @throws as `planChange` does, the prelude's own refusals with its name.
 */
export async function planWithPrelude(planChange: PlanOne, request: PreludeRequest): Promise<PlannedPair> {
  const { plan, standing, remediationId } = request;
  const { prelude: clause, preconditions = [] } = plan;
  if (clause === undefined) return { planned: await planMain(planChange, request, preconditions) };
  const clears = ACTIONS[clause.action]?.clears ?? [];
  const others = preconditions.filter(({ kind }) => !clears.includes(kind));
  const planned = await planMain(planChange, request, others);
  if (planned.isDone) return { planned };
  if (standing !== undefined) return { planned, prelude: { planned: standing } };
  const prelude = await planPrelude(planChange, { clause, ...defined({ remediationId }) });
  if ('planned' in prelude || others.length === preconditions.length) return { planned, prelude };
  return { planned: await planMain(planChange, request, preconditions), prelude };
}

function planMain(
  planChange: PlanOne,
  { plan: { action, target, parameters }, behind, remediationId }: PreludeRequest,
  preconditions: NonNullable<Plan['preconditions']>,
): Promise<PlannedChange> {
  return planChange({
    ...{ action, target, parameters },
    ...(preconditions.length === 0 ? {} : { preconditions }),
    ...defined({ behind, remediationId }),
  });
}

/** What its action says is not indicated is not needed. */
async function planPrelude(
  planChange: PlanOne,
  { clause, remediationId }: { readonly clause: PreludeClause; readonly remediationId?: string },
): Promise<PreparedPrelude> {
  const { action, target, parameters, preconditions } = clause;
  try {
    const planned = await planChange({ action, target, parameters, ...defined({ preconditions, remediationId }) });
    return planned.isDone ? { unneeded: `${nameTarget(target)} stands so already` } : { planned };
  } catch (error) {
    if (!(error instanceof MendloopError)) throw error;
    if (error.type === 'NotIndicated') return { unneeded: error.message };
    throw new MendloopError(error.type, `prelude ${action} of ${nameTarget(target)}: ${error.message}`);
  }
}
