import { fieldTerms } from '../../clients/kubernetes/edit-field.ts';
import { inspectPool } from '../../clients/kubernetes/inspect-node.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { cordonChangeSchema, type CordonParameters } from '../../domain/actions/cordon/cordon.ts';
import { requireNodes } from '../../domain/actions/judge-pool.ts';
import type { NodeSeen } from '../../domain/actions/node-change.ts';
import { createEditEffects } from '../edit-effects.ts';
import { shownNode } from '../shown-node.ts';

/** Cordons a node; uncordons it if the cordon is still this remediation's. */
export function createCordonEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<CordonParameters, NodeSeen>({
    kubernetes,
    inspect: ({ target }) => inspectPool(kubernetes, target),
    termsOf: () => fieldTerms({ field: ['unschedulable'], from: null, to: true }),
    shown: shownNode,
    confirm: async ({ target, change }) => {
      requireNodes((await inspectPool(kubernetes, target)).pool, cordonChangeSchema.parse(change).pool);
    },
  });
}
