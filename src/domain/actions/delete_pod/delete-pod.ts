import { defined } from '../../defined.ts';
import { formatTarget } from '../../target/format-target.ts';
import { nameTarget } from '../../target/name-target.ts';
import { countOf } from '../../text/count-of.ts';
import { type ActionDefinition, Pace, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import type { Reading } from '../readings.ts';
import type { DeletePodChange, DeletePodSeen, PodWorkload } from './change.ts';
import { isGoingAlready } from './is-going.ts';
import { judgePod } from './judge-pod.ts';
import { type DeletePodParameters, deletePodParametersSchema, describeDeletePod } from './parameters.ts';

/** Deletes one Pod, so that its controller brings another. */
export const deletePodAction: ActionDefinition<DeletePodParameters, DeletePodSeen> = {
  name: 'delete_pod',
  version: 1,
  summary: 'deletes one Pod, so that its controller brings another',
  compensation: undefined,
  parameters: deletePodParametersSchema,
  kinds: ['Pod'],
  scope: Scope.Namespaced,
  undo: Undo.None,
  pace: Pace.Minutes,
  idempotence: "the Pod's UID, which its successor of the same name does not have; the intent stands in an Event",
  permissions: [
    permission('', ['pods'], ['get', 'list', 'watch', 'delete']),
    // The chain of controllers, and how many Pods they are to have.
    permission('apps', ['replicasets'], ['get', 'list']),
    permission('apps', ['deployments', 'statefulsets', 'daemonsets'], ['get']),
    permission('', ['events'], ['get', 'create']),
  ],
  leasable: false,
  describe: describeDeletePod,
  plan,
};

function permission(apiGroup: string, resources: readonly string[], verbs: readonly string[]) {
  return { apiGroups: [apiGroup], resources, verbs, scope: Scope.Namespaced };
}

function plan({ parameters, seen }: PlanRequest<DeletePodParameters, DeletePodSeen>): PlannedChange {
  const { target, pod } = seen;
  const workload = judgePod(parameters, seen);
  const awaitedReady = Math.min(workload.wanted, workload.readyPeers + 1);
  const { kind, namespace, name } = workload.target;
  const graceSeconds = parameters.force ? 0 : parameters.gracePeriodSeconds;
  const change: DeletePodChange = defined({
    workload: { kind, namespace, name, uid: workload.uid },
    awaitedReady,
    minReadyPeers: parameters.minReadyPeers,
    graceSeconds,
  });
  return {
    action: deletePodAction.name,
    version: deletePodAction.version,
    target,
    uid: pod.uid,
    change,
    isDone: isGoingAlready(pod, graceSeconds),
    title: `delete ${nameTarget(target)} of ${workload.target.kind} ${workload.target.name}`,
    awaits: `${countOf(awaitedReady, 'ready Pod')} of ${nameTarget(workload.target)} without it`,
    undo: Undo.None,
    command: commandFor(seen, graceSeconds),
    // Two Pods of one workload, each with the other as its last ready peer, are never deleted side by side.
    locks: [formatTarget(workload.target)],
    readings: readingsOf(seen, workload),
    labels: workload.labels,
  };
}

/** What a human types. */
function commandFor({ target: { namespace, name } }: DeletePodSeen, graceSeconds: number | undefined): string {
  const grace = graceSeconds === undefined ? '' : ` --grace-period=${graceSeconds}`;
  return `kubectl -n ${namespace} delete pod ${name}${grace}${graceSeconds === 0 ? ' --force' : ''}`;
}

function readingsOf({ pod }: DeletePodSeen, { target, wanted, readyPeers }: PodWorkload): Reading[] {
  const ready = readyPeers + (pod.isReady ? 1 : 0);
  const going = pod.going === undefined ? '' : `, to be gone by ${pod.going.by}`;
  return [
    {
      name: 'Pod',
      text: `${pod.phase}, ${pod.isReady ? 'ready' : 'not ready'}, on node ${pod.node || 'none'}${going}`,
    },
    { name: 'restarts', text: String(pod.restarts), value: pod.restarts },
    { name: 'ready Pods', text: `${ready} of ${wanted} of ${nameTarget(target)}`, value: ready },
  ];
}
