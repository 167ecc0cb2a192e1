import { teamOfNamespace } from '../../domain/authority/ownership.ts';
import { type PodRequests, podRequests } from '../../domain/cost/pod-requests.ts';
import { defined } from '../../domain/defined.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { listPages, type Page, readPages } from './list-pages.ts';
import type { ListedPods } from './listed-pods.ts';
import { podsPath } from './pod-workload.ts';
import type { Pod } from './workload.ts';

/** Which Pods: all of them unless narrowed down. */
export interface PodScope {
  readonly namespace?: string;
  readonly team?: TeamScope;
}

/** Pods that have the label, and those without it in namespaces whose label or annotation says the same. */
export interface TeamScope {
  readonly label: string;
  readonly name: string;
}

/** What Kubernetes takes as the value of a label, and a selector as its own: nothing is escaped there. */
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** What runs or is to run. */
const ALIVE = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' };

type Pods = AsyncIterable<Page<Pod>>;

/** Sum of the requests of all Pods in scope that run or are to run; `listedPods` hears of those of a namespace. */
export async function sumPodRequests(
  kubernetes: KubernetesClient,
  scope: PodScope,
  listedPods?: ListedPods,
): Promise<PodRequests> {
  const { namespace, team } = scope;
  const lists =
    team === undefined ? [noting(podsOf(kubernetes, scope), { namespace, listedPods })] : podsOfTeam(kubernetes, team);
  const total = { cpu: 0, memory: 0 };
  for await (const pods of lists) {
    for await (const { items } of pods) {
      for (const { spec, status } of items) {
        const { cpu, memory } = podRequests(spec ?? {}, status);
        total.cpu += cpu;
        total.memory += memory;
      }
    }
  }
  return total;
}

function podsOf(
  kubernetes: KubernetesClient,
  { namespace, labelSelector }: { readonly namespace?: string; readonly labelSelector?: string },
): Pods {
  const path = namespace === undefined ? '/api/v1/pods' : podsPath(namespace);
  return readPages<Pod>(kubernetes, path, { ...ALIVE, ...defined({ labelSelector }) });
}

/** The same pages; the first one is the whole list where no other follows. */
function noting(
  pages: Pods,
  { namespace, listedPods }: { readonly namespace: string | undefined; readonly listedPods: ListedPods | undefined },
): Pods {
  if (namespace === undefined || listedPods === undefined) return pages;
  const { promise, resolve, reject } = Promise.withResolvers<readonly Pod[] | undefined>();
  listedPods.note(namespace, promise);
  return (async function* () {
    try {
      let isFirst = true;
      for await (const page of pages) {
        resolve(isFirst && page.isLast ? page.items : undefined);
        isFirst = false;
        yield page;
      }
    } catch (error) {
      reject(error);
      throw error;
    }
  })();
}

/** Each Pod once: by its own label, else by its namespace. */
async function* podsOfTeam(kubernetes: KubernetesClient, { label, name }: TeamScope): AsyncGenerator<Pods> {
  if (LABEL_VALUE.test(name)) yield podsOf(kubernetes, { labelSelector: `${label}=${name}` });
  for await (const namespaces of listPages<Namespace>(kubernetes, '/api/v1/namespaces')) {
    for (const { metadata } of namespaces) {
      const { name: namespace, labels = {}, annotations = {} } = metadata;
      if (teamOfNamespace({ name: namespace, labels, annotations }, label) !== name) continue;
      yield podsOf(kubernetes, { namespace, labelSelector: `!${label}` });
      yield podsOf(kubernetes, { namespace, labelSelector: `${label}=` });
    }
  }
}

interface Namespace {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}
