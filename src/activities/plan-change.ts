import type { PlannedChange } from '../domain/actions/contract.ts';
import { ACTIONS, type ActionName } from '../domain/actions/index.ts';
import type { Looked, SeenObject } from '../domain/authority/seen-object.ts';
import { MendloopError } from '../domain/failures.ts';
import type { AppliedBy } from '../domain/gitops/applier.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { PrepareRequest } from '../domain/remediation/prepared.ts';
import { withRefusedTarget } from '../domain/remediation/refused-target.ts';
import type { Target } from '../domain/target/target.ts';
import type { ActionEffects } from './actions/contract.ts';
import type { ActionEffectsByName } from './actions/index.ts';
import type { Authorize } from './authorize.ts';
import { checkPreconditions, type LookUpChanges } from './check-preconditions.ts';

export type PlanChangeRequest = Pick<Plan, 'action' | 'target' | 'parameters' | 'preconditions'> &
  Pick<PrepareRequest, 'behind'> &
  Partial<Pick<PrepareRequest, 'remediationId'>>;

export interface PlanChangeParts {
  readonly effects: ActionEffectsByName;
  readonly authorize: Authorize;
  /** What the tools that apply these objects say of Git; absent: that is not looked at. */
  readonly lookInGit?: LookInGit;
  /** Asked only for preconditions about the past; absent: the past is not known. */
  readonly changes?: LookUpChanges;
  /** Asked where the Pod that a plan names does not exist; absent: nothing is known of it then. */
  readonly workloadOfGonePod?: (pod: Target) => Promise<Target | undefined>;
  /** Epoch ms. */
  readonly clock?: () => number;
}

/** Never throws: what cannot be read is told as such. */
export type LookInGit = (objects: readonly SeenObject[]) => Promise<readonly AppliedBy[]>;

/**
 * Looks at the target, and works out what the plan would do to it, if it may be touched at all, and if all is so that the
 * plan wants to be so before.
 *
 * @throws MendloopError `PolicyAnswerInvalid` if this version does not take the plan; `TargetNotEnabled`,
 * `TargetProtected`; `PreconditionNotMet`; the action's own refusals. What is refused as it was found tells what stands behind
 * it (`refusedTargetOf`).
 */
export async function planChange(parts: PlanChangeParts, request: PlanChangeRequest): Promise<PlannedChange> {
  const { effects, authorize, lookInGit, changes, clock = Date.now } = parts;
  const { action, target: named, behind, parameters: given, preconditions = [], remediationId } = request;
  const ours = effectsOf(effects, action);
  const definition = ACTIONS[action];
  const parsed = definition?.parameters.safeParse(given);
  if (definition === undefined || parsed?.success !== true) {
    // A plan of another version of Mendloop: this one does not guess what it means.
    throw new MendloopError('PolicyAnswerInvalid', `action ${action} does not take these parameters`);
  }
  const parameters = parsed.data;
  const target = behind !== undefined && definition.kinds.includes(behind.kind) ? behind : named;
  const { seen, ownership, teamLabels } = await authorize(target, ours.inspect({ target, parameters })).catch(
    async (error: unknown) => {
      throw await toldOfGonePod(parts, target, error);
    },
  );
  const ask = { target, parameters, seen };
  const plan = async () => {
    const judged = await checkPreconditions({ definition, ask, preconditions, changes, clock, except: remediationId });
    return { judged, planned: definition.plan(ask) };
  };
  const { judged, planned } = await plan().catch((error: unknown) => {
    throw withRefusedTarget(error, { behind: resolvedOf(seen) ?? target });
  });
  // One more look, at what something else applies only.
  const found = ownership.appliedBy === undefined ? undefined : await lookInGit?.(seen.objects);
  const appliers = found === undefined || found.length === 0 ? {} : { appliers: found };
  return {
    ...planned,
    labels: { ...planned.labels, ...teamLabels },
    ownership: { ...ownership, ...appliers },
    ...(judged.length === 0 ? {} : { preconditions: judged }),
  };
}

/** What a Pod was resolved to, where the action goes to that. */
function resolvedOf(seen: Looked & { readonly target?: Target }): Target | undefined {
  return seen.target;
}

/** Of a Pod that is gone, the refusal tells whose it was. */
async function toldOfGonePod({ workloadOfGonePod }: PlanChangeParts, target: Target, error: unknown): Promise<unknown> {
  const isGone = target.kind === 'Pod' && error instanceof MendloopError && error.type === 'TargetNotFound';
  const behind = isGone ? await workloadOfGonePod?.(target) : undefined;
  return behind === undefined ? error : withRefusedTarget(error, { behind, isGone: true });
}

/** @throws MendloopError `PolicyAnswerInvalid` if there is no such action. */
export function effectsOf(effects: ActionEffectsByName, action: string): ActionEffects {
  if (Object.hasOwn(effects, action)) return effects[action as ActionName];
  throw new MendloopError('PolicyAnswerInvalid', `there is no action ${action}`);
}
