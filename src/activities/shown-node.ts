import type { EditableObject } from '../clients/kubernetes/edit-object.ts';
import type { NodeObject } from '../domain/actions/node-facts.ts';

/** What decides who may run on a node. */
export function shownNode({ spec }: EditableObject): object {
  const { unschedulable = false, taints } = (spec ?? {}) as NonNullable<NodeObject['spec']>;
  return { spec: { unschedulable, taints } };
}
