import { z } from 'zod';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import { countOf } from '../../text/count-of.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { type FieldEdit, fieldEditSchema } from '../field-edit.ts';
import { namespaced } from '../permission.ts';
import type { SeenTarget } from '../seen-target.ts';
import { type BudgetState, healthRulesSchema, healthyWithout } from './judge-budget.ts';

export const relaxPdbParametersSchema = z.strictObject({
  /** Pods that may be disrupted at once beside what the budget allows, which is none. */
  disruptions: z.number().int().min(1).max(100).default(1),
  /** Healthy Pods that must be left then. */
  minHealthy: z.number().int().min(0).max(10_000).default(1),
  /** A majority must be left; absent: where the Pods are a StatefulSet's, or of an owner that is not known here. */
  keepQuorum: z.boolean().optional(),
});
export type RelaxPdbParameters = z.infer<typeof relaxPdbParametersSchema>;

export interface RelaxPdbSeen extends SeenTarget {
  /** One of the two, as it stands: a number or a share. */
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly state: BudgetState;
  /** Some of its Pods are a StatefulSet's, or of an owner that is not known here: they may need each other. */
  readonly mayNeedQuorum: boolean;
}

/** What the effects take, and the history keeps. */
export const relaxPdbChangeSchema = z.object({ edit: fieldEditSchema, rules: healthRulesSchema });

/** Lets a disruption budget that allows none allow some, for a while. */
export const relaxPdbAction: ActionDefinition<RelaxPdbParameters, RelaxPdbSeen> = {
  name: 'relax_pdb',
  version: 1,
  summary: 'lets a disruption budget that allows no disruption allow some, for a while',
  compensation: 'puts the budget back to what it said',
  parameters: relaxPdbParametersSchema,
  kinds: ['PodDisruptionBudget'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the budget under a field manager of its own for each remediation, by UID',
  permissions: [
    namespaced('policy', ['poddisruptionbudgets'], ['get', 'patch'], ['minAvailable', 'maxUnavailable']),
    // Whose its Pods are.
    namespaced('', ['pods'], ['list']),
    namespaced('', ['events'], ['create']),
  ],
  danger:
    'A quorum can be lost: where the Pods are a StatefulSet’s, a majority has to be left, and always as many as the plan wants.',
  proof: [],
  leasable: false,
  isForAWhile: true,
  describe: ({ disruptions, minHealthy }) =>
    `by ${countOf(disruptions, 'disruption')}, leaving ${minHealthy} or more healthy`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<RelaxPdbParameters, RelaxPdbSeen>): PlannedChange {
  const { target, uid, labels, heldBy, state, mayNeedQuorum } = seen;
  const { disruptions, minHealthy, keepQuorum } = parameters;
  const rules = { disruptions, minHealthy, needsQuorum: keepQuorum ?? mayNeedQuorum };
  const left = healthyWithout(state, rules);
  const edit = editOf(seen, left);
  const { namespace, name } = target;
  const command = (value: FieldEdit['to']) =>
    `kubectl -n ${namespace} patch pdb ${name} --type merge -p '${JSON.stringify({ spec: { [edit.field[0] ?? '']: value } })}'`;
  return defined({
    action: relaxPdbAction.name,
    version: relaxPdbAction.version,
    target,
    uid,
    change: { edit, rules },
    isDone: false,
    title: `relax ${nameTarget(target)}: ${edit.field.join('.')} ${String(edit.from)} -> ${String(edit.to)}`,
    awaits: `${countOf(disruptions, 'disruption')} allowed by ${nameTarget(target)}`,
    undo: Undo.Exact,
    manualUndo: command(edit.from),
    command: command(edit.to),
    locks: [],
    moves: { name: 'healthy Pods wanted', before: state.currentHealthy, after: left },
    readings: [
      { name: 'healthy Pods', text: `${state.currentHealthy} of ${state.expectedPods}`, value: state.currentHealthy },
      { name: 'disruptions allowed', text: String(state.disruptionsAllowed), value: state.disruptionsAllowed },
    ],
    heldBy,
    labels,
  });
}

function editOf({ target, minAvailable, maxUnavailable, state }: RelaxPdbSeen, left: number): FieldEdit {
  if (minAvailable !== undefined) return { field: ['minAvailable'], from: minAvailable, to: left };
  if (maxUnavailable !== undefined) {
    return { field: ['maxUnavailable'], from: maxUnavailable, to: state.expectedPods - left };
  }
  throw new MendloopError('TargetUnsupported', `${nameTarget(target)} says neither minAvailable nor maxUnavailable`);
}
