import type { V1Node } from '@kubernetes/client-node';
import { fieldManager } from '../../domain/actions/field-owners.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { HELD_BY } from './hold-target.ts';
import type { JsonPatch, KubernetesClient } from './kubernetes-client.ts';
import { isFailedPatch } from './kubernetes-failure.ts';
import { isOurs } from './lever.ts';
import { DRAIN_MARK, DrainMark, nodePath, type NodeReading, readNode } from './node.ts';
import { isGone } from './restore-scale.ts';

export interface Cordon {
  readonly target: Target;
  readonly uid: string;
  readonly remediationId: string;
}

/** Looks at a node that keeps changing; more of them are the retry policy's, which waits longer each time. */
const MAX_LOOKS = 4;

/**
 * Keeps new Pods off the node and marks it, once: compare-and-set, with cordon and marks in one patch. Returns whether
 * the cordon is this remediation's; one of another hand stays that hand's.
 *
 * @throws MendloopError `TargetChanged` if another hand has uncordoned the node since this remediation cordoned it,
 * `TargetReplaced`, `TargetNotFound`.
 */
export async function cordonNode(kubernetes: KubernetesClient, cordon: Cordon): Promise<boolean> {
  const { target, remediationId } = cordon;
  return changeNode(kubernetes, cordon, (reading) => {
    const isMarked = reading.heldBy === remediationId && reading.mark === DrainMark.Draining;
    if (isMarked && !reading.isCordoned) {
      throw new MendloopError('TargetChanged', `${nameTarget(target)} was uncordoned meanwhile`);
    }
    if (isMarked) return { result: isOurs(reading, cordon) };
    const marks = marking(reading, remediationId, DrainMark.Draining);
    if (reading.isCordoned) return { patch: marks, result: isOurs(reading, cordon) };
    return { patch: [...marks, { op: 'add', path: '/spec/unschedulable', value: true }], result: true };
  });
}

/**
 * What the cordon would do, as the API server says; nothing is changed.
 *
 * @throws MendloopError `TargetReplaced`, `TargetNotFound`.
 */
export async function previewCordon(
  kubernetes: KubernetesClient,
  { target, uid }: Omit<Cordon, 'remediationId'>,
): Promise<{ readonly now: V1Node; readonly next: V1Node }> {
  const now = await kubernetes.get<V1Node>(nodePath(target));
  const patch: JsonPatch = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'add', path: '/spec/unschedulable', value: true },
  ];
  try {
    return { now, next: await kubernetes.previewJsonPatch<V1Node>(nodePath(target), patch) };
  } catch (error) {
    throw isFailedPatch(error) ? new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`) : error;
  }
}

/** What of a cordon was found when it was to be taken off. */
export type Uncordoned =
  | { readonly status: 'uncordoned' }
  /** Not cordoned, and not by us. */
  | { readonly status: 'schedulable' }
  /** Another hand's cordon. */
  | { readonly status: 'others'; readonly owners: readonly string[] }
  | { readonly status: 'gone' };

/** Takes the cordon off if it is this remediation's and no other's. Run again it finds what it did. */
export async function uncordonNode(kubernetes: KubernetesClient, cordon: Cordon): Promise<Uncordoned> {
  const { remediationId } = cordon;
  try {
    return await changeNode<Uncordoned>(kubernetes, cordon, (reading) => {
      if (!reading.isCordoned) {
        const isUndone = reading.heldBy === remediationId && reading.mark === DrainMark.Undone;
        return { result: { status: isUndone ? 'uncordoned' : 'schedulable' } };
      }
      if (!isOurs(reading, cordon)) return { result: { status: 'others', owners: reading.owners } };
      return {
        patch: [
          ...marking(reading, remediationId, DrainMark.Undone),
          { op: 'remove', path: '/spec/unschedulable' } as const,
        ],
        result: { status: 'uncordoned' },
      };
    });
  } catch (error) {
    if (isGone(error)) return { status: 'gone' };
    throw error;
  }
}

/** Marks the node so that evicting its Pods ends, wherever it is done. */
export async function stopDraining(kubernetes: KubernetesClient, cordon: Cordon): Promise<void> {
  const { remediationId } = cordon;
  try {
    await changeNode(kubernetes, cordon, (reading) =>
      reading.heldBy === remediationId && reading.mark === DrainMark.Draining
        ? { patch: marking(reading, remediationId, DrainMark.Stopped), result: undefined }
        : { result: undefined },
    );
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Reads, judges and patches what was read and nothing newer; what has changed in between is judged again. */
async function changeNode<T>(
  kubernetes: KubernetesClient,
  { target, uid, remediationId }: Cordon,
  judge: (reading: NodeReading) => { readonly patch?: JsonPatch; readonly result: T },
): Promise<T> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const reading = await readNode(kubernetes, { target, uid });
    const { patch, result } = judge(reading);
    if (patch === undefined) return result;
    const guarded: JsonPatch = [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'test', path: '/metadata/resourceVersion', value: reading.resourceVersion },
      ...patch,
    ];
    try {
      await kubernetes.jsonPatch(nodePath(target), guarded, { fieldManager: fieldManager(remediationId) });
      return result;
    } catch (error) {
      if (!isFailedPatch(error)) throw error;
    }
  }
  throw new MendloopError('KubernetesThrottled', `${nameTarget(target)} keeps changing; trying again`);
}

function marking({ hasAnnotations }: NodeReading, remediationId: string, mark: string): JsonPatch {
  const path = (key: string) => `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [
    ...(hasAnnotations ? [] : [{ op: 'add', path: '/metadata/annotations', value: {} } as const]),
    { op: 'add', path: path(HELD_BY), value: remediationId },
    { op: 'add', path: path(DRAIN_MARK), value: mark },
  ];
}
