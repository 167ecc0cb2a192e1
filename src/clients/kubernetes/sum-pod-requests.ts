import type { PodRequests } from '../../domain/actions/effects.ts';
import { podRequests } from '../../domain/cost/pod-requests.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import type { Pod } from './workload.ts';

/** Pods a page: large clusters have tens of thousands, and one answer must not hold them all. */
const PAGE = 500;

interface PodPage {
  readonly metadata?: { readonly continue?: string };
  readonly items: readonly Pod[];
}

/** Which Pods: all of them unless narrowed down. */
export interface PodScope {
  readonly namespace?: string;
  /** Both as Kubernetes takes them: nothing is escaped in a selector. */
  readonly label?: { readonly name: string; readonly value: string };
}

/** Sum of the requests of all Pods in scope that run or are to run. */
export async function sumPodRequests(
  kubernetes: KubernetesClient,
  { namespace, label }: PodScope,
): Promise<PodRequests> {
  const path = namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const total = { cpu: 0, memory: 0 };
  let next: string | undefined;
  do {
    const page: PodPage = await kubernetes.get<PodPage>(path, {
      limit: String(PAGE),
      fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
      ...(label === undefined ? {} : { labelSelector: `${label.name}=${label.value}` }),
      ...(next === undefined ? {} : { continue: next }),
    });
    for (const { spec } of page.items) {
      const { cpu, memory } = podRequests(spec ?? {});
      total.cpu += cpu;
      total.memory += memory;
    }
    next = page.metadata?.continue;
  } while (next !== undefined && next !== '');
  return total;
}
