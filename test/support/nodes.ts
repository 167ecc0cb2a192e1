import { waitFor } from '../../dev/stack/index.ts';
import type { TestCluster } from './cluster.ts';
import { PATIENCE_MS } from './patience.ts';

interface NodeObject {
  readonly metadata: { readonly uid: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly key: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const resources = { cpu: '32', memory: '128Gi', pods: '110' };

export const nodePath = (name: string) => `/api/v1/nodes/${name}`;

export const readNode = ({ human }: TestCluster, name: string) => human.get<NodeObject>(nodePath(name));

/** A fake node of a pool of its own: reserved by a taint for Pods that tolerate it. Settles when it takes Pods. */
export async function createNode(
  cluster: TestCluster,
  { name, pool, labels = {} }: { name: string; pool: string; labels?: Record<string, string> },
): Promise<void> {
  await cluster.human.create('/api/v1/nodes', {
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', pool, ...labels },
    },
    spec: { taints: [{ key: 'pool', value: pool, effect: 'NoSchedule' }] },
    status: { allocatable: resources, capacity: resources },
  });
  const takesPods = async () => {
    const { spec, status } = await readNode(cluster, name);
    const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status;
    return ready === 'True' && spec.taints?.map(({ key }) => key).join() === 'pool';
  };
  await waitFor(takesPods, { what: `node ${name} to take Pods`, timeoutMs: PATIENCE_MS });
}

/** What makes a Pod's spec one of a pool. */
export function inPool(pool: string, spec: object = {}) {
  return {
    nodeSelector: { pool },
    tolerations: [{ key: 'pool', operator: 'Equal', value: pool, effect: 'NoSchedule' }],
    containers: [{ name: 'main', image: 'example/none' }],
    terminationGracePeriodSeconds: 1,
    ...spec,
  };
}
