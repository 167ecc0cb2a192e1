import { MANAGER_PREFIX } from '../../domain/actions/field-owners.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { JsonPatch, KubernetesClient } from './kubernetes-client.ts';
import { isFailedPatch } from './kubernetes-failure.ts';

/** Annotation that names the remediation which holds the object. */
export const HELD_BY = 'mendloop.dev/remediation';

/** The marks are Mendloop's as a whole: no remediation undoes another's. */
const query = { fieldManager: MANAGER_PREFIX };

export interface Hold {
  readonly remediationId: string;
  /** Of the object, below the API server's address. */
  readonly path: string;
  /** Further annotations, under `mendloop.dev/`. */
  readonly marks?: Readonly<Record<string, string>>;
}

/** Marks an object as held, for people and for other tools. The same marks again change nothing. */
export async function holdTarget(kubernetes: KubernetesClient, { remediationId, path, marks }: Hold): Promise<void> {
  await kubernetes.mergePatch(path, { metadata: { annotations: { [HELD_BY]: remediationId, ...marks } } }, query);
}

/** The same marks in the patch of the effect itself: what is marked was done. */
export function markingPatch(
  object: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } },
  remediationId: string,
  marks: Readonly<Record<string, string>>,
): JsonPatch {
  return [
    ...(object.metadata?.annotations === undefined
      ? [{ op: 'add', path: '/metadata/annotations', value: {} } as const]
      : []),
    ...Object.entries({ [HELD_BY]: remediationId, ...marks }).map(
      ([key, value]) => ({ op: 'add', path: annotationPointer(key), value }) as const,
    ),
  ];
}

/** The mark of this remediation; undefined: it has none here. */
export function markOf(
  { metadata }: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } },
  { remediationId }: { readonly remediationId: string },
  key: string,
): string | undefined {
  const { [HELD_BY]: heldBy, [key]: mark } = metadata?.annotations ?? {};
  return heldBy === remediationId ? mark : undefined;
}

function annotationPointer(key: string): string {
  return `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export interface Release {
  readonly remediationId: string;
  readonly path: string;
  readonly uid: string;
  /** Keys of the further annotations that were set. */
  readonly marks?: readonly string[];
}

/** Takes the marks off if they are this remediation's; whatever else is there stays. */
export async function releaseTarget(
  kubernetes: KubernetesClient,
  { remediationId, path, uid, marks = [] }: Release,
): Promise<void> {
  try {
    await kubernetes.jsonPatch(
      path,
      [
        { op: 'test', path: '/metadata/uid', value: uid },
        { op: 'test', path: annotationPointer(HELD_BY), value: remediationId },
        ...[HELD_BY, ...marks].map((key) => ({ op: 'remove', path: annotationPointer(key) }) as const),
      ],
      query,
    );
  } catch (error) {
    // Not there, not ours any more, or another object: nothing to take off.
    const nothing = isFailedPatch(error) || (error instanceof MendloopError && error.type === 'TargetNotFound');
    if (!nothing) throw error;
  }
}
