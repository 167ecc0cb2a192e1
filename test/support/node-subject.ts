import type { ActionTable, Here, Subject } from './action-table.ts';
import { createNode, nodePath, readNode } from './nodes.ts';
import { untilGone } from './workload-subject.ts';

/** A node of a pool of its own with two more, so that one may be taken out of use; what the suite's hands do to it. */
export interface NodeHands extends Required<Pick<Subject, 'target' | 'remove' | 'create'>> {
  /** A merge patch of `kubectl` to its spec. */
  patch(spec: object, name?: string): Promise<void>;
  cordoned(): Promise<boolean>;
  /** All taints but that of its pool. */
  taints(): Promise<readonly object[]>;
  /** Sets the taints beside that of its pool. */
  taint(...taints: readonly object[]): Promise<void>;
  readonly others: readonly string[];
}

export async function arrangeNode({ cluster, namespace: pool }: Here): Promise<NodeHands> {
  const { human } = cluster;
  const [name = '', ...others] = ['sick', 'well', 'fine'].map((part) => `${pool}-${part}`);
  const path = nodePath(name);
  const create = () => createNode(cluster, { name, pool });
  await Promise.all([create(), ...others.map((other) => createNode(cluster, { name: other, pool }))]);
  const patch = (spec: object, node = name) => human.patch(nodePath(node), { spec });
  return {
    ...{ target: { namespace: '', kind: 'Node', name }, others, create, patch },
    remove: async () => {
      await human.remove(path);
      await untilGone(cluster, path);
    },
    cordoned: async () => (await readNode(cluster, name)).spec.unschedulable === true,
    // Kubernetes itself follows a cordon with a taint.
    taints: async () =>
      ((await readNode(cluster, name)).spec.taints ?? []).filter(
        ({ key }) => key !== 'pool' && !key.startsWith('node.kubernetes.io/'),
      ),
    taint: (...taints) => patch({ taints: [{ key: 'pool', value: pool, effect: 'NoSchedule' }, ...taints] }),
  };
}

export const AT_ONCE = 'it is done at once: nothing is waited for that could be ended';
export const TAKEN_AWAY =
  'the API server keeps no record of who has taken something away: as long as it is gone, it stands';

/** Rows that mean nothing where something is taken away. */
export const notMeantForRemoval: ActionTable['notMeant'] = { cancel: AT_ONCE, takenOver: TAKEN_AWAY };
