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
 * Asks `condition` again and again until it is true. A condition that throws, or gives no answer, counts as "not yet"; its
 * last error is the cause of the {@link WaitTimeout} thrown when time is up. Rejects with the signal's reason when aborted.
 */
export async function waitFor(condition: () => Promise<boolean> | boolean, options: WaitOptions): Promise<void> {
  const late = AbortSignal.timeout(options.timeoutMs);
  const over = options.signal === undefined ? late : AbortSignal.any([options.signal, late]);
  let cause: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      if (await unlessOver(condition, over)) return;
    } catch (error) {
      if (!over.aborted) cause = error;
    }
    options.signal?.throwIfAborted();
    if (late.aborted) {
      const seconds = (options.timeoutMs / 1000).toFixed(0);
      throw new WaitTimeout(`waited ${seconds} s in vain for ${options.what}`, { cause });
    }
    await sleep(options.intervalMs ?? 25);
  }
}

/** What the condition says; rejects with the signal's reason where that comes first. */
async function unlessOver(condition: () => Promise<boolean> | boolean, over: AbortSignal): Promise<boolean> {
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(over.reason as Error);
  over.addEventListener('abort', end, { once: true });
  if (over.aborted) end();
  try {
    return await Promise.race([condition(), ended.promise]);
  } finally {
    over.removeEventListener('abort', end);
  }
}
