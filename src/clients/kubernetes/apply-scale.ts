import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isAnotherRemediations, isOurs, type LeverChange, moveLever, nameOwners, readLever } from './lever.ts';

export interface ScaleResult {
  /** False if the lever already stood at `to` by another's hand: then there is nothing of ours to undo. */
  readonly changed: boolean;
  readonly before: number;
  readonly after: number;
}

/**
 * Makes the change, once: compare-and-set, and on a conflict read again and judge again. A value that is there already
 * by our own hand is the change of an attempt whose answer was never heard.
 *
 * @throws MendloopError `TargetChanged` naming both values and who set the other, `TargetHeld`, `TargetReplaced`,
 * `TargetNotFound`.
 */
export async function applyScale(kubernetes: KubernetesClient, change: LeverChange): Promise<ScaleResult> {
  const { from, to } = change;
  if (from === to) return confirmScale(kubernetes, change);
  // The patch of a workload's own lever tests its UID; an autoscaler outlives the workload that was judged.
  if (change.lever.kind !== 'replicas') await readLever(kubernetes, change);
  try {
    await moveLever(kubernetes, change, { from, to });
    return { changed: true, before: from, after: to };
  } catch (error) {
    if (!(error instanceof MendloopError) || error.type !== 'TargetChanged') throw error;
  }
  const reading = await readLever(kubernetes, change);
  if (isAnotherRemediations(reading, change)) {
    throw new MendloopError('TargetHeld', `${nameOwners(reading)} has set ${reading.value} meanwhile`);
  }
  if (reading.value === to) return { changed: isOurs(reading, change), before: from, after: to };
  if (reading.value === from) {
    // It changed under the patch and back, or only in something else. When to try again is the retry policy's to say: it
    // waits longer each time.
    throw new MendloopError('KubernetesThrottled', 'the object is changing; trying again');
  }
  throw new MendloopError(
    'TargetChanged',
    `it was ${from}, ${nameOwners(reading)} has set ${reading.value} meanwhile; the plan wanted ${to}`,
  );
}

/** What is to stay as it is, is not patched: a change that changes nothing is none. */
async function confirmScale(kubernetes: KubernetesClient, change: LeverChange): Promise<ScaleResult> {
  const { from, to } = change;
  const reading = await readLever(kubernetes, change);
  if (reading.value === to) return { changed: false, before: from, after: to };
  throw new MendloopError('TargetChanged', `it was ${from}, ${nameOwners(reading)} has set ${reading.value} meanwhile`);
}
