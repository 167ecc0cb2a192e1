import type { ClusterHands } from './stack/cluster-hands.ts';

interface Workload {
  readonly metadata: { readonly generation?: number };
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
  };
}

/** Whether every workload of a namespace has the Pods that it wants, all of its newest template and ready. */
export async function areWell(cluster: ClusterHands, namespace: string): Promise<boolean> {
  const lists = await Promise.all(
    ['deployments', 'statefulsets'].map((kind) =>
      cluster.get<{ items: Workload[] }>(`/apis/apps/v1/namespaces/${namespace}/${kind}`),
    ),
  );
  return lists.flatMap(({ items }) => items).every(isWell);
}

function isWell({ metadata, spec, status = {} }: Workload): boolean {
  const { replicas: wanted = 1 } = spec;
  const { observedGeneration, replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = status;
  return (
    observedGeneration === metadata.generation && [replicas, readyReplicas, updatedReplicas].every((n) => n === wanted)
  );
}
