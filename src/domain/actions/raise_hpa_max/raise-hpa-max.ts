import type { PodRequests } from '../../cost/pod-requests.ts';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { formatTarget } from '../../target/format-target.ts';
import { nameTarget } from '../../target/name-target.ts';
import type { Target } from '../../target/target.ts';
import { requestsOf } from '../added-requests.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import type { FieldEdit } from '../field-edit.ts';
import { countGrowthSchema, describeGrowth, grown, type Growth } from '../grow.ts';
import { namespaced } from '../permission.ts';
import type { SeenTarget } from '../seen-target.ts';

export interface RaiseHpaMaxSeen extends SeenTarget {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly currentReplicas: number;
  /** It would have more, and its maximum is in the way. */
  readonly isLimited: boolean;
  /** What puts it back, for people: an operator's resource, KEDA. */
  readonly owner?: string;
  /** What it scales. */
  readonly scales: Target;
  /** Of one Pod that would be added. */
  readonly podRequests: PodRequests;
}

/** Raises the maximum of an autoscaler that stands at it. */
export const raiseHpaMaxAction: ActionDefinition<Growth, RaiseHpaMaxSeen> = {
  name: 'raise_hpa_max',
  version: 1,
  summary: 'raises the maximum of an autoscaler that stands at it, by a step',
  compensation: "puts the autoscaler's maximum back to what it was",
  parameters: countGrowthSchema,
  kinds: ['HorizontalPodAutoscaler'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the maximum under a field manager of its own for each remediation, by UID',
  permissions: [
    namespaced('autoscaling', ['horizontalpodautoscalers'], ['get', 'patch'], ['maxReplicas']),
    // What it scales says what one Pod more requests.
    namespaced('apps', ['deployments', 'statefulsets', 'replicasets'], ['get']),
    namespaced('', ['events'], ['create']),
  ],
  danger:
    'More Pods than was thought good for what they depend on, as a database and its connections: `max` bounds it, and an autoscaler that is not at its maximum is refused. One that KEDA or an operator owns is theirs.',
  proof: [],
  leasable: false,
  describe: (growth) => describeGrowth(growth, 'replicas'),
  plan,
};

function plan({ parameters, seen }: PlanRequest<Growth, RaiseHpaMaxSeen>): PlannedChange {
  const { target, uid, labels, heldBy, maxReplicas: from, minReplicas, currentReplicas, owner, scales } = seen;
  const name = nameTarget(target);
  if (owner !== undefined) throw new MendloopError('TargetUnsupported', `${name} belongs to ${owner}`);
  if (!seen.isLimited && currentReplicas < from) {
    throw new MendloopError('NotIndicated', `${name} has ${currentReplicas} replicas, below its maximum of ${from}`);
  }
  const to = grown(parameters, from, `the maximum of ${name}`);
  const change: FieldEdit = { field: ['maxReplicas'], from, to };
  return defined({
    action: raiseHpaMaxAction.name,
    version: raiseHpaMaxAction.version,
    target,
    uid,
    change,
    isDone: false,
    title: `raise the maximum of ${name} ${from} -> ${to}`,
    awaits: `a maximum of ${to}`,
    undo: Undo.Exact,
    manualUndo: commandFor(target, from),
    command: commandFor(target, to),
    // Its minimum is what `scale` moves of the same workload.
    locks: [formatTarget(scales)],
    adds: requestsOf(to - from, seen.podRequests),
    moves: { name: 'maxReplicas', before: from, after: to },
    readings: [
      { name: 'replicas', text: `${currentReplicas} of ${minReplicas} to ${from}`, value: currentReplicas },
      { name: 'scales', text: nameTarget(scales) },
    ],
    heldBy,
    labels,
  });
}

/** What a human types. */
function commandFor({ namespace, name }: Target, value: number): string {
  return `kubectl -n ${namespace} patch hpa ${name} --type merge -p '{"spec":{"maxReplicas":${value}}}'`;
}
