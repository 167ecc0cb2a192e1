import type { DrainChange } from '../../domain/actions/drain/change.ts';
import { podsToEvict } from '../../domain/actions/drain/judge-pods.ts';
import { type PodFacts, podFacts } from '../../domain/actions/pod-facts.ts';
import { Part, type SeenObject } from '../../domain/authority/seen-object.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { atEachChange, canPass } from './at-each-change.ts';
import { evictPod } from './evict-pod.ts';
import { podsOfNode } from './inspect-node.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { DrainMark, readNode } from './node.ts';
import { seenObject } from './seen-object.ts';
import type { Pod } from './workload.ts';

export interface Draining {
  readonly target: Target;
  readonly uid: string;
  readonly change: DrainChange;
  /** The remediation that evicts; absent: it is only waited for. */
  readonly evictedBy?: string;
  /** Asked before each round of evictions. False: not now. */
  readonly mayGoOn: () => Promise<boolean>;
  /** Asked of the Pods of each round, which may have come since. @throws MendloopError `TargetProtected`. */
  readonly requireUnprotected: (objects: readonly SeenObject[]) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}

/** How it ended. */
export interface Drained {
  /** Those that are no longer waited for, as the plan has it. */
  readonly stuck: readonly PodFacts[];
}

const LOOK_EVERY_MS = 1000;

/** Pause before a Pod that is held is asked for again; doubled each time, up to what `kubectl drain` takes. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5000;

/**
 * Evicts the Pods of a node and waits until they are gone. Evicts only as long as the node is cordoned and marked as this
 * remediation's: a human who uncordons it ends that, and so does an undo by another process. What is gone is done, so
 * that it goes on after a crash where it was.
 *
 * @throws MendloopError `EffectTimedOut` naming the Pods that are left and what holds them, `DisruptionRefused`,
 * `DisruptionUnsafe` if a Pod came that the plan does not allow to be evicted, `TargetProtected` if one may never be, `TargetChanged`, `TargetReplaced`,
 * `TargetNotFound`; the signal's reason when it is aborted.
 */
export async function drainNode(
  kubernetes: KubernetesClient,
  draining: Draining,
  signal: AbortSignal,
): Promise<Drained> {
  const { target, change, deadlineAt, evictedBy } = draining;
  const late = AbortSignal.timeout(Math.max(0, deadlineAt - Date.now()));
  const over = AbortSignal.any([signal, late]);
  const held = new Map<string, Hold>();
  let left: readonly PodFacts[] = [];
  try {
    const looking = { ...podsOfNode(target), atLeastEveryMs: LOOK_EVERY_MS };
    for await (const items of atEachChange<Pod>(kubernetes, looking, over)) {
      const leaving = podsToEvict(items.map(podFacts), change.rules);
      const stuck = leaving.filter((pod) => isGivenUp(pod, change.skipWaitForDeleteSeconds));
      left = leaving.filter((pod) => !stuck.includes(pod));
      if (left.length === 0) return { stuck };
      if (evictedBy !== undefined && !over.aborted) {
        await evictDue(kubernetes, { ...draining, evictedBy }, { items, left, held, signal: over });
      }
    }
  } catch (error) {
    if (!late.aborted || signal.aborted || !isTimeout(error, late)) throw error;
  }
  throw new MendloopError('EffectTimedOut', `${nameTarget(target)} still has ${describeLeft(left, held)}`);
}

/** Why a Pod was not evicted when it was last asked for. */
interface Hold {
  readonly by: string;
  readonly times: number;
  /** Milliseconds since the epoch. */
  readonly askAgainAt: number;
}

async function evictDue(
  kubernetes: KubernetesClient,
  draining: Draining & { readonly evictedBy: string },
  {
    items,
    left,
    held,
    signal,
  }: { items: readonly Pod[]; left: readonly PodFacts[]; held: Map<string, Hold>; signal: AbortSignal },
): Promise<void> {
  const now = Date.now();
  const due = left.filter(({ uid, going }) => going === undefined && (held.get(uid)?.askAgainAt ?? 0) <= now);
  if (due.length === 0) return;
  if (!(await draining.mayGoOn())) return;
  const uids = new Set(due.map(({ uid }) => uid));
  const asked = items.filter(({ metadata }) => uids.has(metadata?.uid ?? ''));
  await draining.requireUnprotected(asked.map((pod) => seenObject(Part.Evicted, 'Pod', pod)));
  await requireOurs(kubernetes, draining);
  for (const pod of due) {
    if (signal.aborted) return;
    const answer = await evictOrWait(kubernetes, pod, draining.change.graceSeconds);
    if (answer.status !== 'held') {
      held.delete(pod.uid);
      continue;
    }
    const times = (held.get(pod.uid)?.times ?? 0) + 1;
    const pause = Math.max(answer.retryAfterMs ?? 0, Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (times - 1)));
    held.set(pod.uid, { by: answer.by, times, askAgainAt: Date.now() + pause });
  }
}

/** A server that is away or busy holds a Pod, too. */
async function evictOrWait(kubernetes: KubernetesClient, pod: PodFacts, graceSeconds: number | undefined) {
  try {
    return await evictPod(kubernetes, { pod, graceSeconds });
  } catch (error) {
    if (!(error instanceof MendloopError) || !canPass(error)) throw error;
    return { status: 'held', by: error.message, retryAfterMs: error.retryAfterMs } as const;
  }
}

/** @throws MendloopError `TargetChanged` if the node is not cordoned, or not held by this remediation for draining. */
async function requireOurs(
  kubernetes: KubernetesClient,
  { target, uid, evictedBy }: Draining & { readonly evictedBy: string },
): Promise<void> {
  const { isCordoned, heldBy, mark } = await readNode(kubernetes, { target, uid });
  if (isCordoned && heldBy === evictedBy && mark === DrainMark.Draining) return;
  const name = nameTarget(target);
  if (!isCordoned) throw new MendloopError('TargetChanged', `${name} was uncordoned while it was drained`);
  const why = heldBy === evictedBy ? `is marked as ${mark ?? 'nothing'}` : `is held by ${heldBy ?? 'no remediation'}`;
  throw new MendloopError('TargetChanged', `${name} ${why}: draining it has ended`);
}

function isGivenUp({ going }: PodFacts, skipWaitForDeleteSeconds: number | undefined): boolean {
  if (going === undefined || skipWaitForDeleteSeconds === undefined) return false;
  return Date.now() - Date.parse(going.by) > skipWaitForDeleteSeconds * 1000;
}

/** Too late is what it is; what else has failed by then is told as it is. */
function isTimeout(error: unknown, late: AbortSignal): boolean {
  return error === late.reason || canPass(error);
}

/** Pods named in a message; of the rest only the number is told. */
const MAX_NAMED = 5;

function describeLeft(left: readonly PodFacts[], held: ReadonlyMap<string, Hold>): string {
  if (left.length === 0) return 'Pods that could not be listed';
  const named = left.slice(0, MAX_NAMED).map(({ namespace, name, uid, going }) => {
    const hold = held.get(uid);
    if (going !== undefined) return `${namespace}/${name} (to be gone by ${going.by})`;
    return `${namespace}/${name}${hold === undefined ? '' : ` (${hold.by})`}`;
  });
  const rest = left.length - named.length;
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more Pods` : ''}`;
}
