import type { Illness } from '../runner/contract.ts';
import { asExpected } from '../runner/workload.ts';

const NODES = ['node-storm-1', 'node-storm-2', 'node-storm-3', 'node-storm-4'];
/** Three of four are in one rack. */
const RACK = NODES.slice(0, 3);

interface Nodes {
  readonly items: readonly { readonly spec: { readonly unschedulable?: boolean } }[];
}

export const illness: Illness = {
  story: 'three nodes of four are not ready: no time to take more nodes away, so a human is called',
  actions: ['drain'],
  fault: {
    text: 'A rack loses its power: three nodes of four are not ready',
    bring: async ({ cluster }) => {
      await Promise.all(
        RACK.map((name) =>
          cluster.patch(`/api/v1/nodes/${name}`, {
            metadata: { annotations: { 'examples.mendloop.dev/power': 'lost' } },
          }),
        ),
      );
    },
  },
  expected: {
    outcome: 'escalated',
    fault: 'DisruptionUnsafe',
    others: { count: RACK.length - 1, outcomes: ['escalated'] },
    paged: true,
  },
  look: async ({ cluster }) => {
    const { items } = await cluster.get<Nodes>('/api/v1/nodes?labelSelector=pool%3Dnode-storm');
    const cordoned = items.filter(({ spec }) => spec.unschedulable === true).length;
    return asExpected(cordoned === 0, `${cordoned} of ${items.length} nodes are cordoned`);
  },
  cleanUp: async ({ cluster }) => {
    for (const name of NODES) await cluster.remove(`/api/v1/nodes/${name}`);
  },
};
