import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import {
  isOurs,
  type LeverChange,
  type LeverReading,
  moveLever,
  nameOwners,
  readLever,
  readOutlivingLever,
} from './lever.ts';

/** What an undo found. `left_alone` means that another hand changed the lever after us. */
export type RestoreResult =
  | { readonly status: 'restored'; readonly before: number; readonly after: number }
  /** It stands where it stood before, by the hand that is named. */
  | { readonly status: 'nothing_to_undo'; readonly found: number; readonly by: string }
  | { readonly status: 'left_alone'; readonly expected: number; readonly found: number; readonly by: string }
  | { readonly status: 'gone' };

/**
 * Takes the change back if the value is still ours alone; says what it found otherwise. Can be run again at any time:
 * what it once restored it finds restored.
 */
export async function restoreScale(kubernetes: KubernetesClient, change: LeverChange): Promise<RestoreResult> {
  const { from, to } = change;
  let reading: LeverReading;
  try {
    reading = await readLever(kubernetes, change);
  } catch (error) {
    if (!isGone(error)) throw error;
    const outliving = await readOutliving(kubernetes, change);
    // What others have set since, or had set before, is about a workload that is none of ours.
    if (outliving === undefined || !isOurs(outliving, change)) return { status: 'gone' };
    reading = outliving;
  }
  const { value } = reading;
  const by = nameOwners(reading);
  const restored = { status: 'restored', before: to, after: from } as const;
  if (value === from) return isOurs(reading, change) ? restored : { status: 'nothing_to_undo', found: value, by };
  // A value that is ours alone but another one is a later step of this same remediation.
  if (!isOurs(reading, change)) return { status: 'left_alone', expected: to, found: value, by };
  try {
    await moveLever(kubernetes, change, { from: value, to: from });
    return { status: 'restored', before: value, after: from };
  } catch (error) {
    if (!(error instanceof MendloopError) || error.type !== 'TargetChanged') throw error;
    // Another hand was faster than we between reading and writing: the next attempt reads and judges anew.
    throw new MendloopError('KubernetesThrottled', 'the target is changing; trying again');
  }
}

/** An autoscaler that still has what was set for a workload which is gone, or was created anew. */
async function readOutliving(kubernetes: KubernetesClient, change: LeverChange): Promise<LeverReading | undefined> {
  try {
    return await readOutlivingLever(kubernetes, change);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether the object that was judged no longer exists, whatever has its name now. */
export function isGone(error: unknown): boolean {
  return error instanceof MendloopError && (error.type === 'TargetNotFound' || error.type === 'TargetReplaced');
}
