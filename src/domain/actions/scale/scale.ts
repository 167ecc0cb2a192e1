import { defined } from '../../defined.ts';
import { nameTarget } from '../../target/name-target.ts';
import { requestsOf } from '../added-requests.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { namespaced } from '../permission.ts';
import type { Reading } from '../readings.ts';
import type { ScaleChange, ScaleSeen } from './change.ts';
import { describeScale, type ScaleParameters, scaleParametersSchema } from './parameters.ts';
import { planScale } from './plan-scale.ts';

/** More or fewer replicas of a workload, or a higher or lower minimum for the autoscaler that owns its replicas. */
export const scaleAction: ActionDefinition<ScaleParameters, ScaleSeen> = {
  name: 'scale',
  version: 1,
  summary: "changes a workload's replicas, or the minimum of its autoscaler or KEDA ScaledObject",
  compensation: 'puts the replicas, or the minimum of autoscaler or ScaledObject, back to what they were',
  parameters: scaleParametersSchema,
  kinds: ['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout', 'Pod'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the value under a field manager of its own for each remediation, by UID',
  permissions: [
    // The chain of controllers, marks, and the watch until the workload is ready.
    namespaced('apps', ['deployments', 'statefulsets', 'replicasets'], ['get', 'watch', 'patch']),
    namespaced('apps', ['deployments/scale', 'statefulsets/scale', 'replicasets/scale'], ['get', 'patch']),
    namespaced('autoscaling', ['horizontalpodautoscalers'], ['get', 'list', 'patch'], ['minReplicas']),
    namespaced('argoproj.io', ['rollouts'], ['get', 'watch', 'patch']),
    namespaced('argoproj.io', ['rollouts/scale'], ['get', 'patch']),
    namespaced('keda.sh', ['scaledobjects'], ['get', 'list', 'patch'], ['minReplicaCount']),
    // One of its Pods says what the next will request.
    namespaced('', ['pods'], ['get', 'list']),
    namespaced('', ['events'], ['create']),
  ],
  // Not `rollout_complete`: what a pause or a partition keeps on an old template serves all the same.
  danger:
    'More Pods cost money and may be more than what they depend on takes, as a database its connections: budgets and `max` bound it, and what is switched off stays so.',
  proof: [{ kind: 'ready' }, { kind: 'no_restarts', forSeconds: 60 }],
  sees: ['pods', 'quota'],
  facts: ({ seen: { target, replicas, readyReplicas, quota } }) => ({
    pods: { workload: target, wanted: replicas, left: readyReplicas, losesReady: false },
    quota: defined({ complaint: quota }),
  }),
  leasable: true,
  describe: describeScale,
  plan,
};

/** What a lever moves, and for a title, where that is not the workload's own count. */
const MOVED = { replicas: 'replicas', autoscaler: 'minReplicas', scaledobject: 'minReplicaCount' } as const;
const OWNER = { autoscaler: 'autoscaler', scaledobject: 'ScaledObject' } as const;
const WHAT = {
  replicas: '',
  autoscaler: ' (minReplicas of its autoscaler)',
  scaledobject: ' (minReplicaCount of its ScaledObject)',
} as const;

function plan({ parameters, seen }: PlanRequest<ScaleParameters, ScaleSeen>): PlannedChange {
  const { target, uid, lever, value, labels, complaints, heldBy, leasedFrom } = seen;
  const { from, to, addedReplicas } = planScale(parameters, seen);
  const baseline = leasedFrom ?? value;
  const change: ScaleChange = { lever, from, to, baseline, complaints };
  const what = WHAT[lever.kind];
  return defined({
    action: scaleAction.name,
    version: scaleAction.version,
    target,
    uid,
    change,
    subject: { target, pods: to },
    isDone: from === to,
    title: `scale ${nameTarget(target)} ${from} -> ${to}${what}`,
    awaits: `${to} ready replicas`,
    undo: Undo.Exact,
    manualUndo: commandFor(seen, from),
    command: commandFor(seen, to),
    locks: [],
    adds: addedReplicas === 0 ? undefined : requestsOf(addedReplicas, seen.podRequests),
    moves: { name: MOVED[lever.kind], before: from, after: to },
    readings: readingsOf(seen),
    baseline,
    heldBy,
    labels,
  });
}

/** What a human types. */
function commandFor({ target: { namespace, kind, name }, lever }: ScaleSeen, value: number): string {
  const patch = (resource: string, of: string) =>
    `kubectl -n ${namespace} patch ${resource} ${of} --type merge -p '{"spec":{"${MOVED[lever.kind]}":${value}}}'`;
  switch (lever.kind) {
    case 'replicas':
      return `kubectl -n ${namespace} scale ${kind.toLowerCase()} ${name} --replicas=${value}`;
    case 'autoscaler':
      return patch('hpa', lever.name);
    case 'scaledobject':
      return patch('scaledobject', lever.name);
  }
}

function readingsOf({ lever, value, replicas, readyReplicas }: ScaleSeen): Reading[] {
  return [
    { name: 'replicas', text: String(replicas), value: replicas },
    { name: 'ready replicas', text: String(readyReplicas), value: readyReplicas },
    ...(lever.kind !== 'replicas'
      ? [{ name: `${OWNER[lever.kind]} ${lever.name}`, text: `${value} to ${lever.maxReplicas} replicas` }]
      : []),
  ];
}
