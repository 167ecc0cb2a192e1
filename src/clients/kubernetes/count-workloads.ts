import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

/** Kinds of a namespace that are counted: those that a plan can name and no other owns. */
const KINDS = ['deployments', 'statefulsets'] as const;

/** Of the cluster itself, nothing else is acted on. */
const NODES = '/api/v1/nodes';

interface ListHead {
  readonly metadata?: { readonly remainingItemCount?: number };
  readonly items: readonly unknown[];
}

/**
 * How many Deployments and StatefulSets a namespace has; of the cluster itself, whose namespace is empty, how many nodes.
 * Asks for one of each and for the number of the rest, so that it costs the same in a large namespace. Not being allowed to
 * count means one: the blast radius then lets a single one of them be changed at a time.
 */
export async function countWorkloads(
  kubernetes: KubernetesClient,
  { namespace }: { readonly namespace: string },
): Promise<number> {
  try {
    const counts = await Promise.all(
      listsOf(namespace).map(async (path) => {
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

function listsOf(namespace: string): readonly string[] {
  if (namespace === '') return [NODES];
  return KINDS.map((kind) => `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${kind}`);
}
