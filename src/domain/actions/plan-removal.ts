import { defined } from '../defined.ts';
import { formatTarget } from '../target/format-target.ts';
import { nameTarget } from '../target/name-target.ts';
import { countOf } from '../text/count-of.ts';
import { type ActionDefinition, type PlannedChange, Undo } from './contract.ts';
import { isGoingAlready } from './is-going.ts';
import { judgePod, type RemovalTerms } from './judge-pod.ts';
import type { PodRemovalChange, PodRemovalSeen, PodWorkload } from './pod-removal.ts';
import type { Reading } from './readings.ts';

/**
 * One Pod that its controller replaces, whichever way it is told to go.
 *
 * @throws MendloopError as of `judgePod`.
 */
export function planRemoval(
  { name, version }: Pick<ActionDefinition, 'name' | 'version'>,
  { seen, terms, verb, command }: { seen: PodRemovalSeen; terms: RemovalTerms; verb: string; command: string },
): PlannedChange {
  const { target, pod } = seen;
  const workload = judgePod(terms, seen);
  const awaitedReady = Math.min(workload.wanted, workload.readyPeers + 1);
  const { kind, namespace, name: owner } = workload.target;
  const { minReadyPeers, graceSeconds } = terms;
  const change: PodRemovalChange = defined({
    workload: { kind, namespace, name: owner, uid: workload.uid, specHash: workload.specHash },
    ...{ awaitedReady, minReadyPeers, graceSeconds },
  });
  return {
    action: name,
    version,
    target,
    uid: pod.uid,
    change,
    // Its successor is one of the workload's Pods, under a name that is not known before.
    subject: { target: { cluster: target.cluster, kind, namespace, name: owner }, pods: awaitedReady },
    isDone: isGoingAlready(pod, graceSeconds),
    title: `${verb} ${nameTarget(target)} of ${kind} ${owner}`,
    awaits: `${countOf(awaitedReady, 'ready Pod')} of ${nameTarget(workload.target)} without it`,
    undo: Undo.None,
    command,
    // Two Pods of one workload, each with the other as its last ready peer, are never taken away side by side.
    locks: [formatTarget(workload.target)],
    readings: readingsOf(seen, workload),
    labels: workload.labels,
  };
}

function readingsOf({ pod }: PodRemovalSeen, { target, wanted, readyPeers }: PodWorkload): Reading[] {
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
