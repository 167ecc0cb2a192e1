import { isCancellation, sleep } from '@temporalio/workflow';

export interface Patience {
  /** Seconds of failed attempts, from the first one's failure. */
  readonly seconds: number;
  /** Whether trying again may help. */
  readonly isHealable: (error: unknown) => boolean;
  /** Called once when it is over. Throwing ends the attempts; returning goes on with them. */
  readonly onOver: (error: unknown) => void;
}

/** Between two series of attempts, each of which has its own backoff. */
const PAUSE_SECONDS = 30;

/**
 * Tries until it succeeds. Patience is counted from the first failure: while no worker runs, nothing is tried and nothing
 * fails.
 */
export async function patiently<T>(attempt: () => Promise<T>, { seconds, isHealable, onOver }: Patience): Promise<T> {
  let firstFailedAt: number | undefined;
  let isOver = false;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (isCancellation(error) || !isHealable(error)) throw error;
      firstFailedAt ??= Date.now();
      if (!isOver && Date.now() - firstFailedAt >= seconds * 1000) {
        isOver = true;
        onOver(error);
      }
      await sleep(PAUSE_SECONDS * 1000, { summary: 'before the next attempts' });
    }
  }
}
