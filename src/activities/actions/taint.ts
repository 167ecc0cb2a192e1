import { taintTerms } from '../../clients/kubernetes/edit-taint.ts';
import { inspectPool } from '../../clients/kubernetes/inspect-node.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { requireNodes } from '../../domain/actions/judge-pool.ts';
import { type NodeSeen, taintChangeSchema } from '../../domain/actions/node-change.ts';
import type { TaintParameters } from '../../domain/actions/taint/taint.ts';
import { createEditEffects } from '../edit-effects.ts';
import { shownNode } from '../shown-node.ts';

/** Taints a node; takes the taint off if it is still this remediation's. */
export function createTaintEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<TaintParameters, NodeSeen>({
    kubernetes,
    inspect: ({ target, parameters: { key } }) => inspectPool(kubernetes, target, key),
    termsOf: ({ change }) => taintTerms({ taint: taintChangeSchema.parse(change).taint, isSet: true }),
    shown: shownNode,
    confirm: async ({ target, change }) => {
      const { taint, pool } = taintChangeSchema.parse(change);
      if (pool !== undefined) requireNodes((await inspectPool(kubernetes, target, taint.key)).pool, pool);
    },
  });
}
