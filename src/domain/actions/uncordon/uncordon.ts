import { z } from 'zod';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { MANAGER_PREFIX } from '../field-owners.ts';
import { nodePermissions, nodeReadings, type NodeSeen, refuseControlPlane, requireReady } from '../node-change.ts';

export const uncordonParametersSchema = z.strictObject({
  /** Also a cordon that another hand than Mendloop's has set: that one may be there on purpose. */
  allowOthers: z.boolean().default(false),
});
export type UncordonParameters = z.infer<typeof uncordonParametersSchema>;

/** Lets Pods come to a node again that is well by now. */
export const uncordonAction: ActionDefinition<UncordonParameters, NodeSeen> = {
  name: 'uncordon',
  version: 1,
  summary: 'lets Pods come again to a cordoned node that is ready',
  compensation: 'cordons the node again, if nobody has done so since',
  parameters: uncordonParametersSchema,
  kinds: ['Node'],
  scope: Scope.Cluster,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the cordon, with a mark in the same patch, by UID',
  permissions: nodePermissions('unschedulable'),
  danger:
    'The cordon may be there on purpose: only one that Mendloop has set is taken off unless the plan says otherwise, and only off a node that is ready.',
  proof: [{ kind: 'node_ready' }],
  leasable: false,
  describe: ({ allowOthers }) => (allowOthers ? 'whoever has cordoned it' : 'if Mendloop has cordoned it'),
  plan,
};

function plan({ parameters, seen }: PlanRequest<UncordonParameters, NodeSeen>): PlannedChange {
  const { target, node, heldBy } = seen;
  refuseControlPlane(seen);
  if (node.isCordoned) {
    requireReady(seen);
    if (!parameters.allowOthers) requireOurs(seen);
  }
  return defined({
    action: uncordonAction.name,
    version: uncordonAction.version,
    target,
    uid: node.uid,
    change: {},
    isDone: !node.isCordoned,
    title: `uncordon ${nameTarget(target)}`,
    awaits: `${nameTarget(target)} takes Pods`,
    undo: Undo.Exact,
    manualUndo: node.isCordoned ? `kubectl cordon ${target.name}` : undefined,
    command: `kubectl uncordon ${target.name}`,
    locks: [],
    readings: nodeReadings(seen),
    heldBy,
    labels: node.labels,
  });
}

function requireOurs({ target, cordonedBy }: NodeSeen): void {
  if (cordonedBy.length > 0 && cordonedBy.every((owner) => owner.startsWith(`${MANAGER_PREFIX}-`))) return;
  const by = cordonedBy.join(', ') || 'an unknown hand';
  throw new MendloopError('DisruptionUnsafe', `${by} has cordoned ${nameTarget(target)}, as it may be on purpose`);
}
