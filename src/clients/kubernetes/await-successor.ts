import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { atEachChange } from './at-each-change.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { readPodWorkload, unlessGone, workloadPods } from './pod-workload.ts';
import { type Pod, podPath } from './workload.ts';

export interface Succession {
  /** The Pod that goes. */
  readonly target: Target;
  readonly uid: string;
  readonly workload: { readonly target: Target; readonly uid: string };
  /** Ready Pods that are waited for, unless the workload is to have fewer meanwhile. */
  readonly awaitedReady: number;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}

const LOOK_EVERY_MS = 2000;

/**
 * Waits until the Pod is gone and enough others of its workload are ready. Pods are counted, not the status of their
 * controller, which may be older than the deletion.
 *
 * @throws MendloopError `EffectTimedOut`, `TargetNotFound` if the workload is gone, `TargetChanged` if it is to have no
 * Pods any more; the signal's reason when it is aborted.
 */
export async function awaitSuccessor(
  kubernetes: KubernetesClient,
  succession: Succession,
  signal: AbortSignal,
): Promise<{ readonly ready: number }> {
  const { workload, deadlineAt } = succession;
  const late = AbortSignal.timeout(Math.max(0, deadlineAt - Date.now()));
  const over = AbortSignal.any([signal, late]);
  let detail = 'its Pods could not be read';
  try {
    const { selector } = await readPodWorkload(kubernetes, workload);
    const { path, query } = await workloadPods(kubernetes, { ...workload, selector });
    for await (const items of atEachChange<Pod>(kubernetes, { path, query, atLeastEveryMs: LOOK_EVERY_MS }, over)) {
      const look = await lookAt(kubernetes, succession, items);
      if (look.done) return { ready: look.ready };
      detail = look.detail;
    }
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
  }
  throw new MendloopError('EffectTimedOut', `${nameTarget(workload.target)}: ${detail}`);
}

type Look = { readonly done: true; readonly ready: number } | { readonly done: false; readonly detail: string };

async function lookAt(kubernetes: KubernetesClient, succession: Succession, items: readonly Pod[]): Promise<Look> {
  const { target, uid, workload, awaitedReady } = succession;
  const found = await readPodWorkload(kubernetes, workload);
  if (found.wanted === 0) {
    throw new MendloopError('TargetChanged', `${nameTarget(found.target)} is to have no Pods any more`);
  }
  const pods = (await workloadPods(kubernetes, found)).of(items);
  const ready = pods.filter((pod) => pod.uid !== uid && pod.isReady).length;
  const awaited = Math.min(awaitedReady, found.wanted);
  if (ready < awaited) return { done: false, detail: `${ready} of ${awaited} Pods ready without ${target.name}` };
  // By its own name: a Pod whose labels were changed is no longer found by the selector.
  const pod = await unlessGone(kubernetes.get<Pod>(podPath(target)));
  if (pod?.metadata?.uid === uid) return { done: false, detail: `${target.name} is still there` };
  return { done: true, ready };
}
