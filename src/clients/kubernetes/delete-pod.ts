import { isGoingAlready } from '../../domain/actions/is-going.ts';
import { podFacts } from '../../domain/actions/pod-facts.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { hasIntent, type Intent, writeIntent } from './intent-event.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { unlessGone } from './pod-workload.ts';
import { type Pod, podPath } from './workload.ts';

export interface PodDeletion {
  readonly target: Target;
  readonly uid: string;
  readonly remediationId: string;
  /** Seconds; 0: by force; absent: what the Pod asks for. */
  readonly graceSeconds?: number;
}

/** `ours`: told to go by this remediation, now or by an earlier attempt. `others`: by another hand. */
export type DeletionResult = 'ours' | 'others';

/** Something that is in the way of a Pod's going, for now; `by`, for people. */
export interface Held {
  readonly status: 'held';
  readonly by: string;
  readonly retryAfterMs?: number;
}

/** Tells the Pod, of just this version, to go. `missed`: it is not as it was seen, or not there. */
export type TellToGo = (resourceVersion: string | undefined) => Promise<'told' | 'missed' | Held>;

/** Looks at a Pod that keeps changing; more of them are the retry policy's, which waits longer each time. */
const MAX_LOOKS = 4;

/**
 * Tells one Pod to go, once, and none that has its name later. The intent is written down before, because what is gone
 * cannot carry a mark: an attempt that finds the Pod going, or gone, tells by it whether an earlier attempt's answer was lost. The delete
 * itself holds for the very version that was seen staying, so that one that is heard to succeed is no other's. What stays
 * uncertain is a delete by another hand after a crash in the moment between intent and delete: it is taken for ours.
 *
 * `mayGo` is asked before each telling and throws if the Pod must stay. A result that is held says what was in the way.
 *
 * @throws MendloopError `KubernetesThrottled` if the Pod keeps changing; what `mayGo` throws.
 */
export async function removePod(
  kubernetes: KubernetesClient,
  deletion: PodDeletion,
  { mayGo, tell }: { readonly mayGo: (pod: Pod) => Promise<void>; readonly tell: TellToGo },
): Promise<DeletionResult | Held> {
  const { target, uid, graceSeconds } = deletion;
  const intent = intentOf(deletion);
  // Of an earlier attempt; undefined: not looked at yet.
  let intended: boolean | undefined;
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const pod = await unlessGone(kubernetes.get<Pod>(podPath(target)));
    if (pod?.metadata?.uid !== uid || isGoingAlready(podFacts(pod), graceSeconds)) {
      intended ??= await hasIntent(kubernetes, intent);
      return intended ? 'ours' : 'others';
    }
    await mayGo(pod);
    const wasIntended = await writeIntent(kubernetes, intent);
    intended ??= wasIntended;
    const told = await tell(pod.metadata.resourceVersion);
    if (told !== 'missed') return told === 'told' ? 'ours' : told;
  }
  throw new MendloopError('KubernetesThrottled', `${nameTarget(target)} keeps changing; trying again`);
}

/** Whether an earlier attempt of this remediation has told the Pod to go. */
export async function wasTold(kubernetes: KubernetesClient, deletion: PodDeletion): Promise<boolean> {
  const { target, uid, graceSeconds } = deletion;
  const pod = await unlessGone(kubernetes.get<Pod>(podPath(target)));
  const stays = pod?.metadata?.uid === uid && !isGoingAlready(podFacts(pod), graceSeconds);
  return !stays && (await hasIntent(kubernetes, intentOf(deletion)));
}

/** What the API server says of the deletion; nothing is deleted. */
export async function previewDeletion(
  kubernetes: KubernetesClient,
  { target, uid, graceSeconds }: Omit<PodDeletion, 'remediationId'>,
): Promise<Pod> {
  return kubernetes.remove<Pod>(podPath(target), { ...deleteOptions({ uid, graceSeconds }), dryRun: ['All'] });
}

/** Deletes the Pod. */
export async function tellToGo(
  kubernetes: KubernetesClient,
  { target, uid, graceSeconds }: Omit<PodDeletion, 'remediationId'>,
  resourceVersion: string | undefined,
): Promise<'told' | 'missed'> {
  try {
    await kubernetes.remove(podPath(target), deleteOptions({ uid, resourceVersion, graceSeconds }));
    return 'told';
  } catch (error) {
    const missed =
      error instanceof MendloopError && (error.type === 'TargetChanged' || error.type === 'TargetNotFound');
    if (missed) return 'missed';
    throw error;
  }
}

function deleteOptions({
  uid,
  resourceVersion,
  graceSeconds,
}: {
  uid: string;
  resourceVersion?: string | undefined;
  graceSeconds: number | undefined;
}) {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: defined({ uid, resourceVersion }),
    ...defined({ gracePeriodSeconds: graceSeconds }),
  };
}

function intentOf({ target, uid, remediationId }: PodDeletion): Intent {
  return { target, uid, remediationId, reason: 'MendloopDeleting', message: `to be deleted by ${remediationId}` };
}
