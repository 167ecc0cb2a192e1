import type { PlannedChange } from '../domain/actions/contract.ts';
import { ACTIONS, type ActionName } from '../domain/actions/index.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { ActionEffects } from './actions/contract.ts';
import type { ActionEffectsByName } from './actions/index.ts';

export type PlanChangeRequest = Pick<Plan, 'action' | 'target' | 'parameters'>;

/**
 * Looks at the target, and works out what the plan would do to it.
 *
 * @throws MendloopError `PolicyAnswerInvalid` if this version does not take the plan; the action's own refusals.
 */
export async function planChange(
  effects: ActionEffectsByName,
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
  return definition.plan({ target, parameters, seen: await ours.inspect({ target, parameters }) });
}

/** @throws MendloopError `PolicyAnswerInvalid` if there is no such action. */
export function effectsOf(effects: ActionEffectsByName, action: string): ActionEffects {
  if (Object.hasOwn(effects, action)) return effects[action as ActionName];
  throw new MendloopError('PolicyAnswerInvalid', `there is no action ${action}`);
}
