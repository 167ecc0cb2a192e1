import type { V1Node } from '@kubernetes/client-node';
import { fieldOwners } from '../../domain/actions/field-owners.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { HELD_BY } from './hold-target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

export const NODES_PATH = '/api/v1/nodes';

/** Annotation that says how far the remediation that holds the node has come with emptying it. */
export const DRAIN_MARK = 'mendloop.dev/drain';

/** Values of the mark. */
export const DrainMark = { Draining: 'draining', Stopped: 'stopped', Undone: 'undone' } as const;

/** A node, as far as its cordon goes. */
export interface NodeReading {
  readonly resourceVersion: string;
  readonly hasAnnotations: boolean;
  readonly isCordoned: boolean;
  /** Who the API server says cordoned it. */
  readonly owners: readonly string[];
  readonly heldBy: string | undefined;
  readonly mark: string | undefined;
}

export function nodePath({ name }: Pick<Target, 'name'>): string {
  return `${NODES_PATH}/${encodeURIComponent(name)}`;
}

/** @throws MendloopError `TargetNotFound`; `TargetReplaced` if the node of that name is another one. */
export async function readNode(
  kubernetes: KubernetesClient,
  { target, uid }: { readonly target: Target; readonly uid: string },
): Promise<NodeReading> {
  const { metadata, spec } = await kubernetes.get<V1Node>(nodePath(target));
  if (metadata?.uid !== uid) throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
  const { annotations } = metadata;
  return {
    resourceVersion: metadata.resourceVersion ?? '',
    hasAnnotations: annotations !== undefined,
    isCordoned: spec?.unschedulable === true,
    owners: fieldOwners(metadata.managedFields, 'unschedulable'),
    heldBy: annotations?.[HELD_BY],
    mark: annotations?.[DRAIN_MARK],
  };
}
