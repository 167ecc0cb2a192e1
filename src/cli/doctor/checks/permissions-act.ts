import { questionsOf } from '../../../clients/kubernetes/review-access.ts';
import { ACTIONS } from '../../../domain/actions/index.ts';
import { plansOf } from '../../../domain/ladder/plans-of.ts';
import { isPlanned } from '../../../domain/decision/is-planned.ts';
import { Mode } from '../../../domain/decision/mode.ts';
import { modeOf } from '../../../domain/decision/mode-of.ts';
import { type Check, failed, skipped } from '../check.ts';
import { reviewAll } from '../review-all.ts';
import type { World } from '../world.ts';

export const permissionsAct: Check = {
  code: 'permissions-act',
  category: 'kubernetes',
  description:
    'Where policy may act, the account may do what the actions need, verb by verb and namespace by namespace.',
  severity: 'fatal',
  deadlineSeconds: 60,
  beforeInstall: false,
  needs: ['kubernetes-reachable'],
  async run(world) {
    const unknown = world.actions.filter((name) => !Object.hasOwn(ACTIONS, name));
    if (unknown.length > 0) return failed('--action', [`expected one of ${Object.keys(ACTIONS).join(', ')}`]);
    const acts = await actsOf(world);
    if (acts.length === 0)
      return skipped('policy acts nowhere by itself yet, and no --action and --namespace are named');
    const questions = acts.flatMap(({ action, namespaces }) => {
      // What lies in namespaces is never given everywhere.
      const rules = (ACTIONS[action]?.permissions ?? []).filter(
        ({ scope }) => scope === 'cluster' || namespaces.length > 0,
      );
      return questionsOf(rules, namespaces);
    });
    return await reviewAll(world, questions);
  },
};

interface Acts {
  readonly action: string;
  readonly namespaces: readonly string[];
}

/** What is named, else what policy plans beyond mode `observe`. */
async function actsOf(world: World): Promise<Acts[]> {
  const { namespaces, actions } = world;
  if (actions.length > 0) return actions.map((action) => ({ action, namespaces }));
  const { answers } = await world.answered();
  const planned = new Map<string, Set<string>>();
  for (const { decision } of answers) {
    if (!isPlanned(decision)) continue;
    const { mode } = modeOf(decision);
    if (mode === Mode.Observe || mode === Mode.Off) continue;
    const changes = plansOf(decision).flatMap((plan) => (plan.prelude === undefined ? [plan] : [plan, plan.prelude]));
    for (const { action, target } of changes) {
      const places = planned.get(action) ?? new Set();
      planned.set(action, target.namespace === '' ? places : places.add(target.namespace));
    }
  }
  return [...planned].map(([action, places]) => ({
    action,
    namespaces: namespaces.length > 0 ? namespaces : [...places].sort(),
  }));
}
