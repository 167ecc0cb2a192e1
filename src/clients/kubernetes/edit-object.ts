import type { V1ObjectMeta } from '@kubernetes/client-node';
import { fieldManager } from '../../domain/actions/field-owners.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { HELD_BY } from './hold-target.ts';
import { jsonPointer } from './json-pointer.ts';
import type { JsonPatch, KubernetesClient } from './kubernetes-client.ts';
import { isFailedPatch } from './kubernetes-failure.ts';
import { isOurs, isTakenOver, nameOwners } from './lever.ts';
import { objectPath } from './kinds.ts';
import { isGone } from './restore-scale.ts';

/** An object of the API, as far as an edit reads it. */
export interface EditableObject {
  readonly kind?: string;
  readonly metadata?: V1ObjectMeta;
  readonly spec?: object;
  readonly status?: object;
}

/** Where an object stands between the two states of an edit. */
export interface Side {
  readonly at: 'before' | 'after' | 'elsewhere';
  /** What was found, for people: `maxReplicas 10`. */
  readonly found: string;
  /** Who set it, by the API server's own record; undefined where it keeps none, as of what was taken away. */
  readonly owners: readonly string[] | undefined;
}

/** One exact change of one object, to and fro. */
export interface EditTerms {
  /** What it would be after the act, for people: `maxReplicas 12`. */
  readonly wanted: string;
  /** Others write the same field for reasons of their own: then the mark of a remediation counts as well as its record. */
  readonly isShared?: boolean;
  look(object: EditableObject): Side;
  /** From where the object stands now. */
  patch(object: EditableObject, to: 'before' | 'after'): JsonPatch;
}

export interface Edit {
  readonly remediationId: string;
  readonly target: Target;
  readonly uid: string;
  readonly terms: EditTerms;
}

/** Annotation that says how far the remediation that holds an object has come with its edit. */
export const EDIT_MARK = 'mendloop.dev/edit';

/** Values of the mark. */
const EditMark = { Done: 'done', Undone: 'undone' } as const;

/** Looks at an object that keeps changing; more of them are the retry policy's, which waits longer each time. */
const MAX_LOOKS = 4;

/**
 * Makes the edit, once, with its mark in the same patch: compare-and-set on the very version that was judged. Returns
 * whether it is this remediation's; what stood there already by another hand stays that hand's.
 *
 * @throws MendloopError `TargetChanged` if the object stands elsewhere by now, or an edit of this remediation was taken
 * back; `TargetReplaced`, `TargetNotFound`.
 */
export async function applyEdit(
  kubernetes: KubernetesClient,
  edit: Edit,
  mayAct: () => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  return await changeObject(kubernetes, edit, async ({ object, side, isDone }) => {
    const name = nameTarget(edit.target);
    if (isDone && side.at !== 'after') {
      throw new MendloopError('TargetChanged', `${nameHand(side)} has put ${name} to ${side.found} meanwhile`);
    }
    if (side.at === 'after') return { result: isMine(side, isDone, edit) };
    if (side.at === 'elsewhere') {
      const found = `${nameHand(side)} has set ${side.found} meanwhile`;
      throw new MendloopError('TargetChanged', `${name}: ${found}; the plan wanted ${edit.terms.wanted}`);
    }
    await mayAct();
    return { patch: [...marking(object, edit, EditMark.Done), ...edit.terms.patch(object, 'after')], result: true };
  });
}

/**
 * Whether an earlier attempt of this remediation has made the edit, and it stands.
 *
 * @throws MendloopError `TargetReplaced`, `TargetNotFound`.
 */
export async function hasApplied(kubernetes: KubernetesClient, edit: Edit): Promise<boolean> {
  const { side, isDone } = await readEdit(kubernetes, edit);
  return side.at === 'after' && isMine(side, isDone, edit);
}

/** What an undo found. */
export type Reverted =
  | { readonly status: 'restored' }
  /** It stands where it stood before, and not by this remediation's hand. */
  | { readonly status: 'as_before'; readonly by: string }
  | { readonly status: 'left_alone'; readonly found: string; readonly by: string }
  | { readonly status: 'gone' };

/** Takes the edit back if it is still this remediation's alone. Run again it finds what it did. */
export async function revertEdit(kubernetes: KubernetesClient, edit: Edit): Promise<Reverted> {
  try {
    return await changeObject<Reverted>(kubernetes, edit, ({ object, side, isDone, isUndone }) => {
      const by = nameHand(side);
      if (side.at === 'before') {
        const isRestored = isUndone || (side.owners !== undefined && isOurs({ owners: side.owners }, edit));
        return { result: isRestored ? { status: 'restored' } : { status: 'as_before', by } };
      }
      if (side.at === 'elsewhere' || !isMine(side, isDone, edit)) {
        return { result: { status: 'left_alone', found: side.found, by } };
      }
      const patch = [...marking(object, edit, EditMark.Undone), ...edit.terms.patch(object, 'before')];
      return { patch, result: { status: 'restored' } };
    });
  } catch (error) {
    if (isGone(error)) return { status: 'gone' };
    throw error;
  }
}

/** Whether the edit stands, by no hand but this remediation's where it was the one that made it. */
export async function lookAtEdit(
  kubernetes: KubernetesClient,
  edit: Edit,
): Promise<(Side & { readonly isTakenOver: boolean }) | undefined> {
  try {
    const { side } = await readEdit(kubernetes, edit);
    const { owners } = side;
    const isTaken = edit.terms.isShared !== true && owners !== undefined && isTakenOver({ owners }, edit);
    return { ...side, isTakenOver: isTaken };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * What the edit would do, as the API server says; nothing is changed.
 *
 * @throws MendloopError `TargetChanged`, `TargetReplaced`, `TargetNotFound`, `KubernetesThrottled` if it keeps changing.
 */
export async function previewEdit(
  kubernetes: KubernetesClient,
  edit: Edit,
): Promise<{ readonly now: EditableObject; readonly next: EditableObject }> {
  return await onWhatWasRead(kubernetes, edit, async ({ object, side }) => {
    if (side.at === 'after') return { now: object, next: object };
    if (side.at === 'elsewhere') {
      throw new MendloopError('TargetChanged', `${nameTarget(edit.target)}: ${nameHand(side)} has set ${side.found}`);
    }
    const patch = [...guard(object), ...edit.terms.patch(object, 'after')];
    return { now: object, next: await kubernetes.previewJsonPatch(objectPath(edit.target), patch, asOurs(edit)) };
  });
}

/** Those who set it, for people. */
export function nameHand({ owners = [] }: Pick<Side, 'owners'>): string {
  return nameOwners({ owners });
}

interface EditReading {
  readonly object: EditableObject;
  readonly side: Side;
  /** By the mark: this remediation made the edit, and has not taken it back. */
  readonly isDone: boolean;
  readonly isUndone: boolean;
}

/** @throws MendloopError `TargetNotFound`; `TargetReplaced` if the object of that name is another one. */
async function readEdit(kubernetes: KubernetesClient, edit: Edit): Promise<EditReading> {
  const { target, uid, remediationId, terms } = edit;
  const object = await kubernetes.get<EditableObject>(objectPath(target));
  if (object.metadata?.uid !== uid) throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
  const { annotations = {} } = object.metadata;
  const mark = annotations[HELD_BY] === remediationId ? annotations[EDIT_MARK] : undefined;
  return { object, side: terms.look(object), isDone: mark === EditMark.Done, isUndone: mark === EditMark.Undone };
}

/** Judges, and patches what was judged. */
async function changeObject<T>(
  kubernetes: KubernetesClient,
  edit: Edit,
  judge: (reading: EditReading) => Promise<Judged<T>> | Judged<T>,
): Promise<T> {
  return await onWhatWasRead(kubernetes, edit, async (reading) => {
    const { patch, result } = await judge(reading);
    if (patch === undefined) return result;
    await kubernetes.jsonPatch(objectPath(edit.target), [...guard(reading.object), ...patch], asOurs(edit));
    return result;
  });
}

/** Reads, and does what follows to that very version and nothing newer; what has changed in between is read again. */
async function onWhatWasRead<T>(
  kubernetes: KubernetesClient,
  edit: Edit,
  follow: (reading: EditReading) => Promise<T>,
): Promise<T> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    try {
      return await follow(await readEdit(kubernetes, edit));
    } catch (error) {
      if (!isFailedPatch(error)) throw error;
    }
  }
  throw new MendloopError('KubernetesThrottled', `${nameTarget(edit.target)} keeps changing; trying again`);
}

function asOurs({ remediationId }: Edit) {
  return { fieldManager: fieldManager(remediationId), fieldValidation: 'Strict' } as const;
}

interface Judged<T> {
  readonly patch?: JsonPatch;
  readonly result: T;
}

/** By the API server's record where it keeps one, by the mark otherwise. */
function isMine({ owners }: Side, isMarked: boolean, edit: Edit): boolean {
  if (isMarked && (owners === undefined || edit.terms.isShared === true)) return true;
  return owners !== undefined && isOurs({ owners }, edit);
}

function guard({ metadata }: EditableObject): JsonPatch {
  return [
    { op: 'test', path: '/metadata/uid', value: metadata?.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: metadata?.resourceVersion },
  ];
}

function marking({ metadata }: EditableObject, { remediationId }: Edit, mark: string): JsonPatch {
  const path = (key: string) => jsonPointer('metadata', 'annotations', key);
  return [
    ...(metadata?.annotations === undefined ? [{ op: 'add', path: '/metadata/annotations', value: {} } as const] : []),
    { op: 'add', path: path(HELD_BY), value: remediationId },
    { op: 'add', path: path(EDIT_MARK), value: mark },
  ];
}
