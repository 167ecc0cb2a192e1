import type { RestoreResult, ScaleChange } from '../../domain/actions/effects.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isOurs, type LeverReading, moveLever, nameOwners, readLever } from './lever.ts';

/**
 * Takes the change back if the value is still ours and nobody else's; says what it found otherwise. Can be run again at
 * any time: what it once restored it finds restored.
 */
export async function restoreScale(kubernetes: KubernetesClient, change: ScaleChange): Promise<RestoreResult> {
  const { from, to } = change;
  let reading: LeverReading;
  try {
    reading = await readLever(kubernetes, change);
  } catch (error) {
    const gone = error instanceof MendloopError && (error.type === 'TargetNotFound' || error.type === 'TargetReplaced');
    if (gone) return { status: 'gone' };
    throw error;
  }
  const { value } = reading;
  const restored = { status: 'restored', before: to, after: from } as const;
  if (value === from) return isOurs(reading, change) ? restored : { status: 'nothing_to_undo', found: value };
  // A value that is ours alone but another one is a later step of this same remediation.
  if (!isOurs(reading, change)) {
    return { status: 'left_alone', expected: to, found: value, by: nameOwners(reading) };
  }
  try {
    await moveLever(kubernetes, change, { from: value, to: from });
    return { status: 'restored', before: value, after: from };
  } catch (error) {
    if (!(error instanceof MendloopError) || error.type !== 'TargetChanged') throw error;
    // Somebody was faster than we between reading and writing: the next attempt reads and judges anew.
    throw new MendloopError('KubernetesThrottled', 'the target is changing; trying again');
  }
}
