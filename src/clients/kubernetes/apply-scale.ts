import type { ScaleChange, ScaleResult } from '../../domain/actions/effects.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isAnotherRemediations, isOurs, moveLever, nameOwners, readLever } from './lever.ts';

/**
 * Makes the change, once: compare-and-set, and on a conflict read again and judge again. A value that is there already
 * by our own hand is the change of an attempt whose answer was never heard.
 *
 * @throws MendloopError `TargetChanged` naming both values and who set the other, `TargetHeld`, `TargetReplaced`,
 * `TargetNotFound`.
 */
export async function applyScale(kubernetes: KubernetesClient, change: ScaleChange): Promise<ScaleResult> {
  const { from, to } = change;
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
