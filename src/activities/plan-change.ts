import type { PlannedChange } from '../domain/actions/contract.ts';
import { ACTIONS, type ActionName } from '../domain/actions/index.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { ActionEffects } from './actions/contract.ts';
import type { ActionEffectsByName } from './actions/index.ts';
import type { Authorize } from './authorize.ts';

export type PlanChangeRequest = Pick<Plan, 'action' | 'target' | 'parameters'>;

export interface PlanChangeParts {
  readonly effects: ActionEffectsByName;
  readonly authorize: Authorize;
}

/**
 * Looks at the target, and works out what the plan would do to it, if it may be touched at all.
 *
 * @throws MendloopError `PolicyAnswerInvalid` if this version does not take the plan; `TargetNotEnabled`,
 * `TargetProtected`; the action's own refusals.
 */
export async function planChange(
  { effects, authorize }: PlanChangeParts,
  { action, target, parameters: given }: PlanChangeRequest,
): Promise<PlannedChange> {
  const ours = effectsOf(effects, action);
  const definition = ACTIONS[action];
  const parsed = definition?.parameters.safeParse(given);
  if (definition === undefined || parsed?.success !== true) {
    // A plan of another version of Mendloop: this one does not guess what it means.
    throw new MendloopError('PolicyAnswerInvalid', `action ${action} does not take these parameters`);
  }
  const parameters = parsed.data;
  const { seen, ownership, teamLabels } = await authorize(target, ours.inspect({ target, parameters }));
  const planned = definition.plan({ target, parameters, seen });
  return { ...planned, labels: { ...planned.labels, ...teamLabels }, ownership };
}

/** @throws MendloopError `PolicyAnswerInvalid` if there is no such action. */
export function effectsOf(effects: ActionEffectsByName, action: string): ActionEffects {
  if (Object.hasOwn(effects, action)) return effects[action as ActionName];
  throw new MendloopError('PolicyAnswerInvalid', `there is no action ${action}`);
}
