import { defined } from '../../defined.ts';
import { nameTarget } from '../../target/name-target.ts';
import {
  type ActionDefinition,
  type AddedRequests,
  Pace,
  type PlannedChange,
  type PlanRequest,
  Scope,
  Undo,
} from '../contract.ts';
import type { Reading } from '../readings.ts';
import type { ScaleChange, ScaleSeen } from './change.ts';
import { describeScale, type ScaleParameters, scaleParametersSchema } from './parameters.ts';
import { planScale } from './plan-scale.ts';

/** More or fewer replicas of a workload, or a higher or lower minimum for the autoscaler that owns its replicas. */
export const scaleAction: ActionDefinition<ScaleParameters, ScaleSeen> = {
  name: 'scale',
  version: 1,
  summary: "changes a workload's replicas, or the minimum of its autoscaler",
  compensation: "puts the replicas, or the autoscaler's minimum, back to what they were",
  parameters: scaleParametersSchema,
  kinds: ['Deployment', 'StatefulSet', 'ReplicaSet', 'Pod'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  pace: Pace.Minutes,
  idempotence: 'compare-and-set of the value under a field manager of its own for each remediation, by UID',
  permissions: [
    // The chain of controllers, marks, and the watch until the workload is ready.
    permission('apps', ['deployments', 'statefulsets', 'replicasets'], ['get', 'watch', 'patch']),
    permission('apps', ['deployments/scale', 'statefulsets/scale', 'replicasets/scale'], ['get', 'patch']),
    permission('autoscaling', ['horizontalpodautoscalers'], ['get', 'list', 'patch']),
    // Whose an autoscaler is that is missing while it is paused.
    permission('keda.sh', ['scaledobjects'], ['list']),
    // One of its Pods says what the next will request.
    permission('', ['pods'], ['get', 'list']),
    permission('', ['events'], ['create']),
  ],
  leasable: true,
  describe: describeScale,
  plan,
};

function permission(apiGroup: string, resources: readonly string[], verbs: readonly string[]) {
  return { apiGroups: [apiGroup], resources, verbs, scope: Scope.Namespaced };
}

function plan({ parameters, seen }: PlanRequest<ScaleParameters, ScaleSeen>): PlannedChange {
  const { target, uid, lever, value, labels, complaints, heldBy, leasedFrom } = seen;
  const { from, to, addedReplicas } = planScale(parameters, seen);
  const baseline = leasedFrom ?? value;
  const change: ScaleChange = { lever, from, to, baseline, complaints };
  const what = lever.kind === 'autoscaler' ? ' (minReplicas of its autoscaler)' : '';
  return defined({
    action: scaleAction.name,
    version: scaleAction.version,
    target,
    uid,
    change,
    isDone: from === to,
    title: `scale ${nameTarget(target)} ${from} -> ${to}${what}`,
    awaits: `${to} ready replicas`,
    undo: Undo.Exact,
    manualUndo: commandFor(seen, from),
    command: commandFor(seen, to),
    locks: [],
    adds: addedReplicas === 0 ? undefined : requestsOf(addedReplicas, seen),
    moves: { name: lever.kind === 'autoscaler' ? 'minReplicas' : 'replicas', before: from, after: to },
    readings: readingsOf(seen),
    baseline,
    heldBy,
    labels,
  });
}

/** What a human types. */
function commandFor({ target: { namespace, kind, name }, lever }: ScaleSeen, value: number): string {
  return lever.kind === 'autoscaler'
    ? `kubectl -n ${namespace} patch hpa ${lever.name} --type merge -p '{"spec":{"minReplicas":${value}}}'`
    : `kubectl -n ${namespace} scale ${kind.toLowerCase()} ${name} --replicas=${value}`;
}

function requestsOf(addedReplicas: number, { podRequests: { cpu, memory } }: ScaleSeen): AddedRequests {
  const count = Math.abs(addedReplicas);
  const undeclared = (['cpu', 'memory'] as const).filter((resource) => !({ cpu, memory }[resource] > 0));
  return defined({
    cpu: cpu * addedReplicas,
    memory: memory * addedReplicas,
    text: `${count} ${addedReplicas < 0 ? 'fewer' : 'more'} Pod${count === 1 ? '' : 's'}`,
    undeclared: undeclared.length === 0 ? undefined : undeclared,
  });
}

function readingsOf({ lever, value, replicas, readyReplicas }: ScaleSeen): Reading[] {
  return [
    { name: 'replicas', text: String(replicas), value: replicas },
    { name: 'ready replicas', text: String(readyReplicas), value: readyReplicas },
    ...(lever.kind === 'autoscaler'
      ? [{ name: `autoscaler ${lever.name}`, text: `${value} to ${lever.maxReplicas} replicas` }]
      : []),
  ];
}
