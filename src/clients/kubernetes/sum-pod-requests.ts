import { type PodRequests, podRequests } from '../../domain/cost/pod-requests.ts';
import { defined } from '../../domain/defined.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { listPages } from './list-pages.ts';
import type { Pod } from './workload.ts';

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
  const query = defined({
    fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
    labelSelector: label && `${label.name}=${label.value}`,
  });
  const total = { cpu: 0, memory: 0 };
  for await (const pods of listPages<Pod>(kubernetes, path, query)) {
    for (const { spec, status } of pods) {
      const { cpu, memory } = podRequests(spec ?? {}, status);
      total.cpu += cpu;
      total.memory += memory;
    }
  }
  return total;
}
