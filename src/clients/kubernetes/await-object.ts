import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { canPass, pause } from './at-each-change.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

export interface Awaited {
  readonly target: Target;
  /** Of the object, and of the list that it is in, below the API server's address. */
  readonly path: string;
  readonly collection: string;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
  /** Milliseconds after which is looked again also where the object has not changed; absent: its changes tell enough. */
  readonly atLeastEveryMs?: number;
}

/** Whatever it is: who looks at it knows its kind. */
export interface WatchedObject {
  readonly metadata?: { readonly resourceVersion?: string };
}

/** What one look at the object has come to. */
export type Look<R> =
  | { readonly done: true; readonly result: R }
  | {
      readonly done: false;
      /** What is missing, for people. */
      readonly detail: string;
      /** Good enough where there is no time left. */
      readonly atLast?: R;
    };

/** Pause before a watch that ended is opened anew: servers end watches by the minute, and a broken one at once. */
const REOPEN_MS = 200;

/**
 * Waits by watch until one object is as it is to be, however often the watch ends (also by 410 Gone, as an event or as the
 * answer to the watch itself: reading anew is what is asked for then, and is what happens). Looks once in any case.
 *
 * @throws MendloopError `EffectTimedOut`, `TargetNotFound`, and what `look` throws; the signal's reason when it is aborted.
 */
export async function awaitObject<R>(
  kubernetes: KubernetesClient,
  awaited: Awaited,
  {
    look,
    signal,
  }: { readonly look: (object: WatchedObject) => Look<R> | Promise<Look<R>>; readonly signal: AbortSignal },
): Promise<R> {
  const late = AbortSignal.timeout(Math.max(0, awaited.deadlineAt - Date.now()));
  const over = AbortSignal.any([signal, late]);
  let last: Extract<Look<R>, { done: false }> = { done: false, detail: 'its state could not be read' };
  for (;;) {
    try {
      for await (const object of states(kubernetes, awaited, over)) {
        const seen = await look(object);
        if (seen.done) return seen.result;
        last = seen;
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!late.aborted && !canPass(error)) throw error;
    }
    if (late.aborted) {
      // What serves is not undone for want of time: the proof is taken from what it does.
      if (last.atLast !== undefined && !signal.aborted) return last.atLast;
      throw new MendloopError('EffectTimedOut', `${nameTarget(awaited.target)}: ${last.detail}`);
    }
    await pause(REOPEN_MS, over);
    if (signal.aborted) throw signal.reason;
  }
}

/** The object now, and after each change of it, until the watch ends. */
async function* states(
  kubernetes: KubernetesClient,
  { target, path, collection, atLeastEveryMs }: Awaited,
  signal: AbortSignal,
) {
  const now = await kubernetes.get<WatchedObject>(path);
  yield now;
  const query = {
    fieldSelector: `metadata.name=${target.name}`,
    resourceVersion: now.metadata?.resourceVersion ?? '',
  };
  const quiet = atLeastEveryMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(atLeastEveryMs)]);
  for await (const event of kubernetes.watch<WatchedObject>(collection, query, quiet)) {
    if (event.type === 'ERROR') return;
    if (event.type === 'DELETED') throw new MendloopError('TargetNotFound', `${nameTarget(target)} was deleted`);
    if (event.type !== 'BOOKMARK') yield event.object;
  }
}
