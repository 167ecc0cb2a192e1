import { MendloopError } from '../failures.ts';
import { nameTarget } from '../target/name-target.ts';
import type { PodRemovalSeen, PodWorkload } from './pod-removal.ts';

/** How a plan has a Pod go. */
export interface RemovalTerms {
  /** Other Pods of the workload that must be ready, unless the Pod itself is not. */
  readonly minReadyPeers: number;
  readonly allowDaemonSet: boolean;
  /** Seconds; 0: by force; absent: what the Pod asks for. */
  readonly graceSeconds: number | undefined;
}

/**
 * The workload that brings the Pod's successor, if the Pod may be taken away as the plan has it.
 *
 * @throws MendloopError `TargetUnsupported` if taking it away would do nothing that can be foreseen; `DisruptionUnsafe` if
 * it would not come back, or too little would be left, and the plan does not allow that.
 */
export function judgePod(terms: RemovalTerms, seen: PodRemovalSeen): PodWorkload {
  const { target, pod, workload } = seen;
  const name = nameTarget(target);
  if (pod.isMirror) {
    throw new MendloopError('TargetUnsupported', `${name} is static: a file on node ${pod.node} makes it`);
  }
  if (pod.controller === undefined) {
    throw new MendloopError('DisruptionUnsafe', `${name} has no controller: it would not come back`);
  }
  if (workload === undefined) {
    const { kind, name: controller } = pod.controller;
    throw new MendloopError(
      'TargetUnsupported',
      `how many Pods ${kind} ${controller} of ${name} is to have is not known`,
    );
  }
  const owner = nameTarget(workload.target);
  const refuse = (why: string) => new MendloopError('DisruptionUnsafe', `${name} of ${owner}: ${why}`);
  if (workload.wanted === 0) throw refuse('is to have no Pods, so that none would come back');
  if (workload.target.kind === 'DaemonSet' && !terms.allowDaemonSet) {
    throw refuse('no other Pod does meanwhile what it does for its node');
  }
  if (workload.target.kind === 'StatefulSet' && terms.graceSeconds === 0) {
    throw refuse('by force, two Pods of one identity could run');
  }
  if (!mayLose(pod, { readyPeers: workload.readyPeers, minReadyPeers: terms.minReadyPeers })) {
    throw refuse(`${workload.readyPeers} other ready Pods would be left, and the plan wants ${terms.minReadyPeers}`);
  }
  return workload;
}

/** Whether enough serve without the Pod. One that does not serve is not missed. */
export function mayLose(
  { isReady }: { readonly isReady: boolean },
  { readyPeers, minReadyPeers }: { readonly readyPeers: number; readonly minReadyPeers: number },
): boolean {
  return !isReady || readyPeers >= minReadyPeers;
}
