import { waitFor } from '../../../dev/stack/index.ts';
import type { ActionTable, Here, Subject } from '../action-table.ts';
import { createNode, inPool, nodePath, readNode } from '../nodes.ts';
import { untilGone } from '../workload-subject.ts';
import { createWorkload, podsOf, readyPods } from '../workloads.ts';
import { PATIENCE_MS } from '../patience.ts';

const REPLICAS = 2;

async function node(here: Here): Promise<Subject> {
  const { cluster, namespace } = here;
  const { human } = cluster;
  const [sick, well] = [`${namespace}-sick`, `${namespace}-well`];
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
  const create = () => createNode(cluster, { name: sick, pool: namespace });
  await create();
  await createWorkload(cluster, {
    ...{ namespace, kind: 'Deployment', name: 'api', replicas: REPLICAS, spec: inPool(namespace) },
  });
  await createNode(cluster, { name: well, pool: namespace });
  const cordon = (unschedulable: boolean | null) => human.patch(nodePath(sick), { spec: { unschedulable } });
  const allowed = async (path: string) => {
    const { status } = await human.get<{ status?: { disruptionsAllowed?: number; expectedPods?: number } }>(path);
    return status?.disruptionsAllowed === 0 && status.expectedPods === REPLICAS;
  };
  return {
    target: { namespace: '', kind: 'Node', name: sick },
    look: async () => (await readNode(cluster, sick)).spec.unschedulable === true,
    wanted: async () => {
      await cordon(true);
      for (const { metadata } of await podsOf(cluster, namespace)) await human.remove(`${pods}/${metadata.name}`);
      const isEmpty = async () => (await podsOf(cluster, namespace)).every(({ spec }) => spec.nodeName !== sick);
      await waitFor(isEmpty, { what: 'the node to be empty', timeoutMs: PATIENCE_MS });
      await readyPods(cluster, { namespace, app: 'api', count: REPLICAS });
    },
    conflict: {
      type: 'DisruptionUnsafe',
      // What would not come back, and the plan does not allow to be evicted.
      make: () => human.create(pods, { metadata: { name: 'late' }, spec: inPool(namespace, { nodeName: sick }) }),
    },
    moved: async () => {
      await cordon(null);
      await cordon(true);
    },
    revert: () => cordon(null),
    remove: async () => {
      await human.remove(nodePath(sick));
      await untilGone(cluster, nodePath(sick));
    },
    create,
    stall: async () => {
      const name = `${budgets}/api`;
      await human.create(budgets, {
        metadata: { name: 'api' },
        spec: { minAvailable: REPLICAS, selector: { matchLabels: { app: 'api' } } },
      });
      await waitFor(() => allowed(name), { what: 'the budget to be worked out', timeoutMs: PATIENCE_MS });
      let isOver = false;
      return async () => {
        if (isOver) return;
        isOver = true;
        await human.remove(name);
      };
    },
  };
}

export const table: ActionTable = { action: 'drain', subjects: { 'a node': node }, notMeant: {} };
