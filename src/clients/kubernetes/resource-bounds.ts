import type { NamespaceBound } from '../../domain/actions/set_resources/change.ts';
import type { PodRequests } from '../../domain/cost/pod-requests.ts';
import { parseQuantity } from '../../domain/cost/quantity.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { listPages } from './list-pages.ts';

type Quantities = Readonly<Record<string, string>>;

interface LimitRange {
  readonly metadata?: { readonly name?: string };
  readonly spec?: { readonly limits?: readonly { readonly type?: string; readonly max?: Quantities }[] };
}

interface ResourceQuota {
  readonly metadata?: { readonly name?: string };
  readonly spec?: { readonly scopes?: readonly string[]; readonly scopeSelector?: object };
  readonly status?: { readonly hard?: Quantities; readonly used?: Quantities };
}

interface SizedNode {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly allocatable?: Quantities };
}

const RESOURCES = ['memory', 'cpu'] as const;
const KINDS = ['requests', 'limits'] as const;

/** What of a namespace bounds what its containers may have. A quota for some Pods only is left to the API server. */
export async function listBounds(kubernetes: KubernetesClient, namespace: string): Promise<NamespaceBound[]> {
  const path = (resource: string) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}`;
  const [ranges, quotas] = await Promise.all([
    kubernetes.get<{ items: LimitRange[] }>(path('limitranges')),
    kubernetes.get<{ items: ResourceQuota[] }>(path('resourcequotas')),
  ]);
  return [...ranges.items.flatMap(boundsOfRange), ...quotas.items.flatMap(boundsOfQuota)];
}

function boundsOfRange({ metadata, spec }: LimitRange): NamespaceBound[] {
  const by = `LimitRange ${metadata?.name ?? ''}`;
  const maxima = (spec?.limits ?? []).filter(({ type }) => type === 'Container').map(({ max = {} }) => max);
  return maxima.flatMap((max) =>
    RESOURCES.flatMap((resource) => {
      const most = max[resource];
      if (most === undefined) return [];
      return KINDS.map((of) => ({ by, of, resource, most: parseQuantity(most), isShared: false }));
    }),
  );
}

function boundsOfQuota({ metadata, spec, status }: ResourceQuota): NamespaceBound[] {
  if (spec?.scopes !== undefined || spec?.scopeSelector !== undefined) return [];
  const by = `ResourceQuota ${metadata?.name ?? ''}`;
  return KINDS.flatMap((of) =>
    RESOURCES.flatMap((resource) => {
      // Of requests the kind may be left out: `memory` is `requests.memory`.
      const keys = of === 'requests' ? [`requests.${resource}`, resource] : [`limits.${resource}`];
      return keys.flatMap((key) => {
        const hard = status?.hard?.[key];
        if (hard === undefined) return [];
        const most = parseQuantity(hard) - parseQuantity(status?.used?.[key] ?? '0');
        return [{ by, of, resource, most, isShared: true }];
      });
    }),
  );
}

/** What the largest of the nodes that take Pods can give to them, each resource by itself; undefined: there is none. */
export async function largestNode(kubernetes: KubernetesClient): Promise<PodRequests | undefined> {
  let largest: PodRequests | undefined;
  for await (const nodes of listPages<SizedNode>(kubernetes, '/api/v1/nodes', {})) {
    for (const { spec, status } of nodes) {
      if (spec?.unschedulable === true) continue;
      const of = (resource: 'memory' | 'cpu') => parseQuantity(status?.allocatable?.[resource] ?? '0');
      largest = { cpu: Math.max(largest?.cpu ?? 0, of('cpu')), memory: Math.max(largest?.memory ?? 0, of('memory')) };
    }
  }
  return largest;
}
