import { taintTerms } from '../../clients/kubernetes/edit-taint.ts';
import { inspectPool } from '../../clients/kubernetes/inspect-node.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { type NodeSeen, taintChangeSchema } from '../../domain/actions/node-change.ts';
import type { UntaintParameters } from '../../domain/actions/untaint/untaint.ts';
import { createEditEffects } from '../edit-effects.ts';
import { shownNode } from '../shown-node.ts';

/** Takes a taint off a node; sets it again if no other hand has set another one since. */
export function createUntaintEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<UntaintParameters, NodeSeen>({
    kubernetes,
    inspect: ({ target }) => inspectPool(kubernetes, target),
    termsOf: ({ change }) => taintTerms({ taint: taintChangeSchema.parse(change).taint, isSet: false }),
    shown: shownNode,
  });
}
