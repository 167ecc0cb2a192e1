import type { Standing } from '../domain/actions/effects.ts';
import { type LeverLook, lookOf } from '../domain/verification/lever-look.ts';

/**
 * One look at whether what was set still stands. Settles when the signal aborts at the latest, and never rejects: what
 * cannot be asked is not seen.
 */
export async function lookAtLever(stands: () => Promise<Standing>, signal: AbortSignal): Promise<LeverLook> {
  const aborted = Promise.withResolvers<LeverLook>();
  const giveUp = () => {
    aborted.resolve({ status: 'unseen' });
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([stands().then(lookOf), aborted.promise]);
  } catch {
    return { status: 'unseen' };
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
