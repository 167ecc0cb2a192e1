import { isCancellation, sleep } from '@temporalio/workflow';
import { defined } from '../../../domain/defined.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { faultOf } from '../fault.ts';
import type { Lifecycle } from '../life.ts';

/** Seconds of failed attempts after which a human is told. */
const PATIENCE_SECONDS = 1800;

/** Between two series of attempts, each of which has its own backoff. */
const PAUSE_SECONDS = 30;

export interface Attempts<T> {
  readonly attempt: () => Promise<T>;
  /** Whether trying again may help. */
  readonly isHealable: (error: unknown) => boolean;
  /** For people: `Undoing "..."`. */
  readonly what: string;
  readonly manualCommand?: string | undefined;
  /** Tells this notice apart from the one at the end. */
  readonly occasion: string;
}

/**
 * Changes the cluster, however long it refuses: half an hour of failed attempts is a human's to know, and no reason to stop.
 * Patience is counted from the first failure: while no worker runs, nothing is tried and nothing fails.
 */
export async function untilDone<T>(life: Pick<Lifecycle, 'record' | 'notify'>, attempts: Attempts<T>): Promise<T> {
  const { attempt, isHealable } = attempts;
  let firstFailedAt: number | undefined;
  let isTold = false;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (isCancellation(error) || !isHealable(error)) throw error;
      firstFailedAt ??= Date.now();
      if (!isTold && Date.now() - firstFailedAt >= PATIENCE_SECONDS * 1000) {
        isTold = true;
        tell(life, attempts, error);
      }
      await sleep(PAUSE_SECONDS * 1000, { summary: 'before the next attempts' });
    }
  }
}

function tell(
  { record, notify }: Pick<Lifecycle, 'record' | 'notify'>,
  { what, occasion, manualCommand }: Omit<Attempts<unknown>, 'attempt' | 'isHealable'>,
  error: unknown,
): void {
  const { message } = faultOf(error, record.step);
  record.enter(record.step, `${what} has failed for half an hour (${message}); going on`);
  const text = `${what} has failed for half an hour (${message}). The attempts go on; it can be done by hand`;
  void notify({ kind: Outcome.Escalated, text, occasion, ...defined({ manualCommand }) });
}
