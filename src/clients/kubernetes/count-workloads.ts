import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

/** Kinds that are counted: those that a plan can name and no other owns. */
const KINDS = ['deployments', 'statefulsets'] as const;

interface ListHead {
  readonly metadata?: { readonly remainingItemCount?: number };
  readonly items: readonly unknown[];
}

/**
 * How many Deployments and StatefulSets a namespace has. Asks for one of each and for the number of the rest, so that
 * it costs the same in a large namespace. Not being allowed to count means one: the blast radius then lets a single
 * workload of the namespace be changed at a time.
 */
export async function countWorkloads(
  kubernetes: KubernetesClient,
  { namespace }: { readonly namespace: string },
): Promise<number> {
  try {
    const counts = await Promise.all(
      KINDS.map(async (kind) => {
        const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${kind}`;
        const { metadata, items } = await kubernetes.get<ListHead>(path, { limit: '1' });
        return items.length + (metadata?.remainingItemCount ?? 0);
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  } catch (error) {
    if (error instanceof MendloopError && error.type === 'KubernetesForbidden') return 1;
    throw error;
  }
}
