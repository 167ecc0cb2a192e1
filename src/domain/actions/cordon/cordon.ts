import { z } from 'zod';
import { defined } from '../../defined.ts';
import { nameTarget } from '../../target/name-target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { poolParameters, poolRulesSchema, requireNodes } from '../judge-pool.ts';
import { nodePermissions, nodeReadings, type NodeSeen, refuseControlPlane } from '../node-change.ts';

export const cordonParametersSchema = z.strictObject(poolParameters);
export type CordonParameters = z.infer<typeof cordonParametersSchema>;

/** What the effects take, and the history keeps. */
export const cordonChangeSchema = z.object({ pool: poolRulesSchema });

/** Keeps new Pods off a node; those that run there go on. */
export const cordonAction: ActionDefinition<CordonParameters, NodeSeen> = {
  name: 'cordon',
  version: 1,
  summary: 'keeps new Pods off a node; those that run there go on',
  compensation: 'uncordons the node, if it was this remediation that cordoned it',
  parameters: cordonParametersSchema,
  kinds: ['Node'],
  scope: Scope.Cluster,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the cordon, with a mark in the same patch, under a field manager of its own, by UID',
  permissions: nodePermissions('unschedulable'),
  danger:
    'Takes capacity away: refused in a storm (`minReadyNodes`, `minReadyShare`), by what nodes have said of themselves within the last 15 minutes, and for the control plane.',
  proof: [],
  sees: ['nodes'],
  facts: ({ seen: { pool } }) => ({ nodes: pool }),
  leasable: false,
  describe: ({ minReadyNodes, minReadyShare }) =>
    `while ${minReadyNodes} or more other nodes, and a share of ${minReadyShare}, are ready`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<CordonParameters, NodeSeen>): PlannedChange {
  const { target, node, pool, heldBy } = seen;
  refuseControlPlane(seen);
  if (!node.isCordoned) requireNodes(pool, parameters);
  return defined({
    action: cordonAction.name,
    version: cordonAction.version,
    target,
    uid: node.uid,
    change: { pool: { ...parameters } },
    isDone: node.isCordoned,
    title: `cordon ${nameTarget(target)}`,
    awaits: `no new Pods on ${nameTarget(target)}`,
    undo: Undo.Exact,
    // What another hand has cordoned is not for us to uncordon.
    manualUndo: node.isCordoned ? undefined : `kubectl uncordon ${target.name}`,
    command: `kubectl cordon ${target.name}`,
    locks: [],
    readings: nodeReadings(seen),
    heldBy,
    labels: node.labels,
  });
}
