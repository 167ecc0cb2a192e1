import type { Illness } from '../runner/contract.ts';
import { asExpected, lookAtDeployment } from '../runner/workload.ts';

const NODE = 'node-not-ready-1';
const NODES = ['node-not-ready-1', 'node-not-ready-2', 'node-not-ready-3', 'node-not-ready-4'];

interface Pods {
  readonly items: readonly { readonly spec: { readonly nodeName?: string } }[];
}

export const illness: Illness = {
  story: 'one node of four is not ready any more: it is cordoned and drained',
  actions: ['drain'],
  fault: {
    text: `The container runtime of ${NODE} ends: its kubelet says that the node is not ready`,
    bring: ({ cluster }) =>
      cluster.patch(`/api/v1/nodes/${NODE}`, {
        metadata: { annotations: { 'examples.mendloop.dev/runtime': 'down' } },
      }),
  },
  expected: { outcome: 'remediated', action: 'drain', paged: false },
  look: async ({ cluster, namespace }) => {
    const { spec } = await cluster.get<{ spec: { unschedulable?: boolean } }>(`/api/v1/nodes/${NODE}`);
    const { items } = await cluster.get<Pods>(`/api/v1/namespaces/${namespace}/pods`);
    const left = items.filter(({ spec: { nodeName } }) => nodeName === NODE).length;
    const { pods, isReady } = await lookAtDeployment(cluster, { namespace, name: 'search' });
    return asExpected(
      spec.unschedulable === true && left === 0 && isReady,
      `${NODE} is ${spec.unschedulable === true ? '' : 'not '}cordoned and has ${left} Pods, ${pods} elsewhere`,
    );
  },
  cleanUp: async ({ cluster }) => {
    for (const name of NODES) await cluster.remove(`/api/v1/nodes/${name}`);
  },
};
