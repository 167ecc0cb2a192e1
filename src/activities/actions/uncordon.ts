import { fieldTerms } from '../../clients/kubernetes/edit-field.ts';
import { inspectPool } from '../../clients/kubernetes/inspect-node.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import type { NodeSeen } from '../../domain/actions/node-change.ts';
import type { UncordonParameters } from '../../domain/actions/uncordon/uncordon.ts';
import { createEditEffects } from '../edit-effects.ts';
import { shownNode } from '../shown-node.ts';

/** Uncordons a node; cordons it again if no other hand has since. */
export function createUncordonEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<UncordonParameters, NodeSeen>({
    kubernetes,
    inspect: ({ target }) => inspectPool(kubernetes, target),
    termsOf: () => fieldTerms({ field: ['unschedulable'], from: true, to: null }),
    shown: shownNode,
  });
}
