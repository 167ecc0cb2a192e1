import { z } from 'zod';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { nodePermissions, nodeReadings, type NodeSeen, refuseControlPlane, requireReady } from '../node-change.ts';
import { type Taint, taintText } from '../node-facts.ts';
import { taintEffectSchema, taintKeySchema, taintValueSchema } from '../taint-terms.ts';

export const untaintParametersSchema = z.strictObject({
  /** Never guessed: what a taint is for, its key says. */
  key: taintKeySchema,
  effect: taintEffectSchema.default('NoSchedule'),
  /** Only a taint with this value; absent: with whatever value. */
  value: taintValueSchema.optional(),
});
export type UntaintParameters = z.infer<typeof untaintParametersSchema>;

/** Takes one named taint off a node that is ready. */
export const untaintAction: ActionDefinition<UntaintParameters, NodeSeen> = {
  name: 'untaint',
  version: 1,
  summary: 'takes one named taint off a node that is ready',
  compensation: 'sets the taint again as it was, if nobody has set another one since',
  parameters: untaintParametersSchema,
  kinds: ['Node'],
  scope: Scope.Cluster,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the whole list of taints, with a mark in the same patch, by UID',
  permissions: nodePermissions('taints'),
  danger:
    'The taint may be there on purpose: the plan has to name it, never one that Kubernetes sets by the state of the node, and the node has to be ready.',
  proof: [{ kind: 'node_ready' }],
  leasable: false,
  describe: ({ key, effect, value }) => `of ${key}${value === undefined ? '' : `=${value}`}:${effect}`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<UntaintParameters, NodeSeen>): PlannedChange {
  const { target, node, heldBy } = seen;
  const { key, effect, value } = parameters;
  refuseControlPlane(seen);
  const there = node.taints.find((one) => one.key === key && one.effect === effect);
  if (there !== undefined && value !== undefined && (there.value ?? '') !== value) {
    throw new MendloopError(
      'NotIndicated',
      `${nameTarget(target)} has ${taintText(there)}, and the plan means ${value}`,
    );
  }
  if (there !== undefined) requireReady(seen);
  // A taint that is not there has no value to be looked for.
  const taint: Taint = there ?? { key, effect, ...defined({ value }) };
  return defined({
    action: untaintAction.name,
    version: untaintAction.version,
    target,
    uid: node.uid,
    change: { taint: defined({ key, effect, value: taint.value }) },
    isDone: there === undefined,
    title: `take ${taintText(taint)} off ${nameTarget(target)}`,
    awaits: `no ${taintText(taint)} on ${nameTarget(target)}`,
    undo: Undo.Exact,
    manualUndo: there === undefined ? undefined : `kubectl taint node ${target.name} ${taintText(taint)}`,
    command: `kubectl taint node ${target.name} ${taintText(taint)}-`,
    locks: [],
    readings: nodeReadings(seen),
    heldBy,
    labels: node.labels,
  });
}
