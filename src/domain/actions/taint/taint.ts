import { z } from 'zod';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { poolParameters, requireNodes } from '../judge-pool.ts';
import { nodePermissions, nodeReadings, type NodeSeen, refuseControlPlane } from '../node-change.ts';
import { BY_MENDLOOP, type Taint, taintText } from '../node-facts.ts';
import { taintKeySchema, taintValueSchema } from '../taint-terms.ts';

export const taintParametersSchema = z.strictObject({
  key: taintKeySchema.default(`${BY_MENDLOOP}unhealthy`),
  value: taintValueSchema.default(''),
  /** None that makes Pods go: `drain` does that, and heeds their disruption budgets. */
  effect: z.enum(['NoSchedule', 'PreferNoSchedule']).default('NoSchedule'),
  ...poolParameters,
});
export type TaintParameters = z.infer<typeof taintParametersSchema>;

/** Keeps Pods off a node by a taint; those that run there, and those that tolerate it, go on. */
export const taintAction: ActionDefinition<TaintParameters, NodeSeen> = {
  name: 'taint',
  version: 1,
  summary: 'keeps Pods off a node by a taint; those that run there go on',
  compensation: 'takes the taint off, if it is still as this remediation has set it',
  parameters: taintParametersSchema,
  kinds: ['Node'],
  scope: Scope.Cluster,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the whole list of taints, with a mark in the same patch, by UID',
  permissions: nodePermissions('taints'),
  danger:
    'Takes capacity away: refused in a storm (`minReadyNodes`, `minReadyShare`) and for the control plane. No effect that makes Pods go without asking their disruption budgets.',
  proof: [],
  sees: ['nodes'],
  facts: ({ seen: { pool } }) => ({ nodes: pool }),
  leasable: false,
  describe: ({ key, value, effect }) => `with ${taintText({ key, value, effect })}`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<TaintParameters, NodeSeen>): PlannedChange {
  const { target, node, pool, heldBy } = seen;
  const { key, value, effect, minReadyNodes, minReadyShare } = parameters;
  refuseControlPlane(seen);
  const taint: Taint = { key, effect, ...(value === '' ? {} : { value }) };
  const there = node.taints.find((one) => one.key === key && one.effect === effect);
  const isDone = there !== undefined && (there.value ?? '') === value;
  if (there !== undefined && !isDone) {
    throw new MendloopError('TargetChanged', `${nameTarget(target)} has ${taintText(there)} already, by another hand`);
  }
  if (!isDone) requireNodes(pool, { minReadyNodes, minReadyShare });
  return defined({
    action: taintAction.name,
    version: taintAction.version,
    target,
    uid: node.uid,
    change: { taint: { ...taint }, pool: { minReadyNodes, minReadyShare } },
    isDone,
    title: `taint ${nameTarget(target)} with ${taintText(taint)}`,
    awaits: `${taintText(taint)} on ${nameTarget(target)}`,
    undo: Undo.Exact,
    // What another hand has set is not for us to take off.
    manualUndo: isDone ? undefined : `kubectl taint node ${target.name} ${taintText(taint)}-`,
    command: `kubectl taint node ${target.name} ${taintText(taint)}`,
    locks: [],
    readings: nodeReadings(seen),
    heldBy,
    labels: node.labels,
  });
}
