import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isVersionGone } from './kubernetes-failure.ts';

interface Listed<T> {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly items: readonly T[];
}

export interface Looking {
  /** Of a list, below the API server's address. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Milliseconds after which is looked again also where no change was heard of. */
  readonly atLeastEveryMs: number;
}

/** Changes that come together are looked at together. */
const SETTLE_MS = 250;

/**
 * The list as it is, and again whenever something in it changes. What is true is always read; the watch only says when
 * to read, so that one that falls silent costs time and nothing else. A server that is away, busy or has forgotten the
 * version is asked again until the signal ends it.
 *
 * Looks once in any case: what was waited for may be there when it is too late to wait.
 *
 * @throws MendloopError of what does not pass by waiting; the signal's reason when it is aborted.
 */
export async function* atEachChange<T>(
  kubernetes: KubernetesClient,
  { path, query, atLeastEveryMs }: Looking,
  signal: AbortSignal,
): AsyncGenerator<readonly T[]> {
  for (;;) {
    const listed = await unlessAway(kubernetes.get<Listed<T>>(path, query));
    if (listed !== undefined) yield listed.items;
    signal.throwIfAborted();
    const quiet = AbortSignal.any([signal, AbortSignal.timeout(atLeastEveryMs)]);
    const version = listed?.metadata?.resourceVersion;
    const heard = version !== undefined && (await hears(kubernetes, { path, query, version }, quiet));
    // What broke at once must not be asked for without a pause; what was heard is seldom heard alone.
    await pause(heard ? SETTLE_MS : quiet.aborted ? 0 : Math.min(1000, atLeastEveryMs), signal);
    signal.throwIfAborted();
  }
}

/** Whether something has changed; false if the watch ended without a word. */
async function hears(
  kubernetes: KubernetesClient,
  { path, query, version }: { path: string; query: Readonly<Record<string, string>>; version: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    for await (const { type } of kubernetes.watch(path, { ...query, resourceVersion: version }, signal)) {
      if (type !== 'BOOKMARK') return type !== 'ERROR';
    }
    return false;
  } catch (error) {
    if (signal.aborted || canPass(error)) return false;
    throw error;
  }
}

async function unlessAway<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (canPass(error)) return undefined;
    throw error;
  }
}

/** Whether it may go well the next time without anything being done about it. */
export function canPass(error: unknown): boolean {
  if (!(error instanceof MendloopError)) return true; // The connection broke in the middle of the watch.
  return error.type === 'KubernetesUnavailable' || error.type === 'KubernetesThrottled' || isVersionGone(error);
}

/** Ends early, without an error, when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
