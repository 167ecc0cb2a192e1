import type { Here, Illness } from '../runner/contract.ts';
import { asExpected, deploymentPath, lookAtDeployment } from '../runner/workload.ts';

const NODES = ['pending-on-taint-1', 'pending-on-taint-2'];
const [, NODE = ''] = NODES;
const POOL = { key: 'pool', value: 'pending-on-taint', effect: 'NoSchedule' };
const AT_WORK = { key: 'upgrade.example.com/at-work', value: 'v1.36', effect: 'NoSchedule' };

/** A taint keeps new Pods away and lets those that run stay; the tool that has set it ends before it takes it off. */
async function upgradeAndGrow(here: Here): Promise<void> {
  const { cluster, namespace } = here;
  await cluster.patch(`/api/v1/nodes/${NODE}`, { spec: { taints: [POOL, AT_WORK] } });
  here.note(`The upgrade of ${NODE} is done, its tool has ended, and its taint is still there`);
  await cluster.patch(deploymentPath(namespace, 'render'), { spec: { replicas: 8 } });
}

export const illness: Illness = {
  story: 'Pods find no node because an upgrade has left its taint on one: it is taken off',
  actions: ['untaint'],
  fault: { text: `A tool upgrades ${NODE}, and render grows from four to eight Pods`, bring: upgradeAndGrow },
  expected: { outcome: 'remediated', action: 'untaint', paged: false },
  look: async ({ cluster, namespace }) => {
    const { spec } = await cluster.get<{ spec: { taints?: readonly { readonly key: string }[] } }>(
      `/api/v1/nodes/${NODE}`,
    );
    const keys = (spec.taints ?? []).map(({ key }) => key);
    const { pods, isReady } = await lookAtDeployment(cluster, { namespace, name: 'render' });
    return asExpected(
      keys.length === 1 && keys[0] === POOL.key && isReady && pods.startsWith('8'),
      `${NODE} has the taints ${keys.join(', ')}; ${pods}`,
    );
  },
  cleanUp: async ({ cluster }) => {
    for (const name of NODES) await cluster.remove(`/api/v1/nodes/${name}`);
  },
};
