import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import type { FactParts } from '../../precondition/facts.ts';
import { nameTarget } from '../../target/name-target.ts';
import { countOf } from '../../text/count-of.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import type { Reading } from '../readings.ts';
import type { DrainChange, DrainSeen } from './change.ts';
import { hasToLeave, podsToEvict } from './judge-pods.ts';
import { requireNodes } from '../judge-pool.ts';
import { describeDrain, type DrainParameters, drainParametersSchema } from './parameters.ts';

/** Cordons a node and evicts its Pods, as their disruption budgets allow. */
export const drainAction: ActionDefinition<DrainParameters, DrainSeen> = {
  name: 'drain',
  version: 1,
  summary: 'cordons a node and evicts its Pods, as their disruption budgets allow',
  compensation: 'uncordons the node, if it was this remediation that cordoned it',
  parameters: drainParametersSchema,
  kinds: ['Node'],
  scope: Scope.Cluster,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the cordon under a field manager of its own for each remediation; Pods by UID',
  permissions: [
    { ...permission(['nodes'], ['get', 'list', 'patch']), fields: ['unschedulable'] },
    permission(['pods'], ['list', 'watch']),
    permission(['pods/eviction'], ['create']),
    permission(['events'], ['create']),
  ],
  danger:
    'Moves the pressure on to other nodes: refused in a storm (`minReadyNodes`, `minReadyShare`), for the control plane, and for Pods that would not come back or lose data.',
  proof: [{ kind: 'node_empty' }],
  sees: ['nodes', 'orphans'],
  facts,
  leasable: false,
  describe: describeDrain,
  plan,
};

function permission(resources: readonly string[], verbs: readonly string[]) {
  return { apiGroups: [''], resources, verbs, scope: Scope.Cluster };
}

/** What leaves by itself, or has ended, is not missed. */
function facts({ seen: { pool, pods } }: PlanRequest<DrainParameters, DrainSeen>): Partial<FactParts> {
  const lost = pods.filter(
    (pod) => hasToLeave(pod) && pod.controller === undefined && pod.going === undefined && !pod.isFinished,
  );
  return { nodes: pool, orphans: lost.map(({ namespace, name }) => `${namespace}/${name}`) };
}

function plan({ parameters, seen }: PlanRequest<DrainParameters, DrainSeen>): PlannedChange {
  const { target, node, pool, pods, heldBy } = seen;
  const { force, deleteEmptyDirData, maxPods, minReadyNodes, minReadyShare } = parameters;
  if (node.isControlPlane) throw new MendloopError('DisruptionUnsafe', `${nameTarget(target)} is of the control plane`);
  const rules = { force, deleteEmptyDirData, maxPods };
  const leaving = podsToEvict(pods, rules);
  const isDone = node.isCordoned && leaving.length === 0;
  if (!isDone) requireNodes(pool, { minReadyNodes, minReadyShare });
  const change: DrainChange = defined({
    wasCordoned: node.isCordoned,
    rules,
    pool: { minReadyNodes, minReadyShare },
    graceSeconds: parameters.gracePeriodSeconds,
    skipWaitForDeleteSeconds: parameters.skipWaitForDeleteSeconds,
  });
  return defined({
    action: drainAction.name,
    version: drainAction.version,
    target,
    uid: node.uid,
    change,
    isDone,
    title: `drain ${nameTarget(target)} of ${countOf(leaving.length, 'Pod')}`,
    awaits: `no Pods on ${nameTarget(target)} but those that belong to it`,
    undo: Undo.Exact,
    // What another hand has cordoned is not for us to uncordon.
    manualUndo: node.isCordoned ? undefined : `kubectl uncordon ${target.name}`,
    command: commandFor(target.name, parameters),
    locks: [],
    moves: { name: 'Pods to evict', before: leaving.length, after: 0 },
    readings: readingsOf(seen, leaving.length),
    heldBy,
    labels: node.labels,
  });
}

/** What a human types. */
function commandFor(
  name: string,
  { force, deleteEmptyDirData, gracePeriodSeconds, skipWaitForDeleteSeconds }: DrainParameters,
): string {
  return [
    `kubectl drain ${name} --ignore-daemonsets`,
    ...(deleteEmptyDirData ? ['--delete-emptydir-data'] : []),
    ...(force ? ['--force'] : []),
    ...(gracePeriodSeconds === undefined ? [] : [`--grace-period=${gracePeriodSeconds}`]),
    ...(skipWaitForDeleteSeconds === undefined ? [] : [`--skip-wait-for-delete-timeout=${skipWaitForDeleteSeconds}`]),
  ].join(' ');
}

function readingsOf({ node, pool, pods }: DrainSeen, leaving: number): Reading[] {
  const state = `${node.isReady ? 'ready' : 'not ready'}${node.isCordoned ? ', cordoned' : ''}`;
  return [
    { name: 'node', text: state },
    { name: 'Pods', text: `${leaving} to evict, ${pods.length - leaving} that stay`, value: leaving },
    { name: 'other nodes', text: `${pool.ready} of ${pool.size - 1} ready for its Pods`, value: pool.ready },
  ];
}
