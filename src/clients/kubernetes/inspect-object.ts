import { Part, type SeenObject } from '../../domain/authority/seen-object.ts';
import { defined } from '../../domain/defined.ts';
import { isRetryable, MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { pause } from './at-each-change.ts';
import type { EditableObject } from './edit-object.ts';
import { HELD_BY } from './hold-target.ts';
import { objectPath } from './kinds.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { seenObject } from './seen-object.ts';

export interface InspectedObject<T> {
  readonly object: T;
  /** What every action sees of the object that it acts on. */
  readonly base: {
    readonly target: Target;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly objects: readonly SeenObject[];
    readonly heldBy?: string;
  };
}

/** @throws MendloopError `TargetNotFound`, also of an object that is being deleted. */
export async function inspectObject<T extends EditableObject>(
  kubernetes: KubernetesClient,
  target: Target,
): Promise<InspectedObject<T>> {
  const object = await kubernetes.get<T>(objectPath(target));
  const { metadata } = object;
  if (metadata?.uid === undefined || metadata.deletionTimestamp !== undefined) {
    throw new MendloopError('TargetNotFound', `${nameTarget(target)} is being deleted`);
  }
  const { uid, labels = {}, annotations } = metadata;
  const objects = [seenObject(Part.Moved, target.kind, object)];
  return { object, base: defined({ target, uid, labels, objects, heldBy: annotations?.[HELD_BY] }) };
}

/** What is looked for in an object; until it is there, what is missing, for people. */
export type Look<R> = { readonly found: R } | { readonly missing: string };

const LOOK_MS = 500;

/**
 * Looks at one object until it is as it is waited for. A server that is away or busy is asked again.
 *
 * @throws MendloopError `EffectTimedOut` with what is missing, `TargetReplaced`, `TargetNotFound`, what `judge` throws; the
 * signal's reason when it is aborted.
 */
export async function untilObject<R>(
  kubernetes: KubernetesClient,
  {
    target,
    uid,
    deadlineAt,
    judge,
  }: {
    readonly target: Target;
    readonly uid: string;
    /** Milliseconds since the epoch. */
    readonly deadlineAt: number;
    readonly judge: (object: EditableObject) => Look<R>;
  },
  signal: AbortSignal,
): Promise<R> {
  let missing = 'it could not be read';
  for (;;) {
    signal.throwIfAborted();
    try {
      const object = await kubernetes.get<EditableObject>(objectPath(target));
      if (object.metadata?.uid !== uid) {
        throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
      }
      const look = judge(object);
      if ('found' in look) return look.found;
      ({ missing } = look);
    } catch (error) {
      if (!(error instanceof MendloopError && isRetryable(error.type))) throw error;
    }
    const left = deadlineAt - Date.now();
    if (left <= 0) throw new MendloopError('EffectTimedOut', `${nameTarget(target)}: ${missing}`);
    await pause(Math.min(LOOK_MS, left), signal);
  }
}
