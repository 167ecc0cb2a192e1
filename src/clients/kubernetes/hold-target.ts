import { MANAGER_PREFIX } from '../../domain/actions/field-owners.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
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
  const pointer = (key: string) => `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  try {
    await kubernetes.jsonPatch(
      path,
      [
        { op: 'test', path: '/metadata/uid', value: uid },
        { op: 'test', path: pointer(HELD_BY), value: remediationId },
        ...[HELD_BY, ...marks].map((key) => ({ op: 'remove', path: pointer(key) }) as const),
      ],
      query,
    );
  } catch (error) {
    // Not there, not ours any more, or another object: nothing to take off.
    const nothing = isFailedPatch(error) || (error instanceof MendloopError && error.type === 'TargetNotFound');
    if (!nothing) throw error;
  }
}
