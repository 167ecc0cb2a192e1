import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** What is awaited, for the error: "etcd to answer". */
  what: string;
  timeoutMs: number;
  /** Between two looks, in milliseconds. */
  intervalMs?: number;
  signal?: AbortSignal | undefined;
}

/** A condition did not come true in time. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';
}

/**
 * Asks `condition` again and again until it is true. A condition that throws counts as "not yet"; its last error is
 * the cause of the {@link WaitTimeout} thrown when time is up. Rejects with the signal's reason when aborted.
 */
export async function waitFor(condition: () => Promise<boolean> | boolean, options: WaitOptions): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  let cause: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      if (await condition()) return;
    } catch (error) {
      cause = error;
    }
    options.signal?.throwIfAborted();
    if (performance.now() >= deadline) {
      const seconds = (options.timeoutMs / 1000).toFixed(0);
      throw new WaitTimeout(`waited ${seconds} s in vain for ${options.what}`, { cause });
    }
    await sleep(options.intervalMs ?? 25);
  }
}
