import { setTimeout as sleep } from 'node:timers/promises';
import { ApiRefused } from '../../src/local/kubernetes/api.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { asExpected, lookAtDeployment } from '../runner/workload.ts';

const NODES = ['pdb-deadlock-1', 'pdb-deadlock-2'];

/** Milliseconds after which a drain tries again what a budget refused; `kubectl drain` waits five seconds. */
const AGAIN_MS = 500;

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName?: string };
  }[];
}

interface Node {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly unschedulable?: boolean };
}

async function podsOf({ cluster, namespace }: Here): Promise<Pods['items']> {
  return (await cluster.get<Pods>(`/api/v1/namespaces/${namespace}/pods`)).items;
}

async function podsOn(here: Here, node: string): Promise<string[]> {
  return (await podsOf(here)).filter(({ spec }) => spec.nodeName === node).map(({ metadata }) => metadata.name);
}

/** Which one the scheduler has given a Pod; it may have given both to one. */
async function nodeWithPods(here: Here): Promise<string> {
  const node = (await podsOf(here))[0]?.spec.nodeName;
  if (node === undefined) throw new Error(`no Pod of ${here.namespace} is on a node`);
  return node;
}

async function cordonedOf({ cluster }: Here, names: readonly string[]): Promise<string[]> {
  const nodes = await Promise.all(names.map((name) => cluster.get<Node>(`/api/v1/nodes/${name}`)));
  return nodes.filter(({ spec }) => spec.unschedulable === true).map(({ metadata }) => metadata.name);
}

async function wantedAvailable({ cluster, namespace }: Here): Promise<number | undefined> {
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/sessions`;
  return (await cluster.get<{ spec: { minAvailable?: number } }>(path)).spec.minAvailable;
}

/** What `kubectl drain` does, for as long as the example goes on: cordon, and evict until no Pod is left. */
async function drain(here: Here): Promise<void> {
  const { cluster, stack } = here;
  const over = new AbortController();
  const node = await nodeWithPods(here);
  await cluster.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
  const draining = evictAll(here, node, over.signal).then(
    () => here.note(`${node} is empty: the drain is done`),
    () => undefined,
  );
  stack.add({
    stop: () => {
      over.abort();
      return draining;
    },
  });
}

async function evictAll(here: Here, node: string, signal: AbortSignal): Promise<void> {
  const { cluster, namespace } = here;
  for (;;) {
    const left = await podsOn(here, node);
    if (left.length === 0) return;
    for (const name of left) {
      await cluster
        .create(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
          ...{ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } },
        })
        .catch((error: unknown) => {
          // 429: the budget forbids it for now.
          if (!(error instanceof ApiRefused)) throw error;
        });
    }
    await sleep(AGAIN_MS, undefined, { signal });
  }
}

export const illness: Illness = {
  story: 'a disruption budget that allows none keeps a node from being emptied: it is relaxed by one Pod',
  actions: ['relax_pdb'],
  fault: { text: 'An operator drains a node: the budget refuses every eviction', bring: drain },
  expected: { outcome: 'remediated', action: 'relax_pdb', paged: false },
  look: async (here) => {
    const [node = 'no node'] = await cordonedOf(here, NODES);
    const left = (await podsOn(here, node)).length;
    const { pods, isReady } = await lookAtDeployment(here.cluster, { namespace: here.namespace, name: 'sessions' });
    const minAvailable = await wantedAvailable(here);
    return asExpected(
      NODES.includes(node) && left === 0 && isReady && minAvailable === 2,
      `${node} has ${left} Pods, ${pods} elsewhere; the budget wants ${minAvailable} Pods again`,
    );
  },
  cleanUp: async ({ cluster }) => {
    for (const name of NODES) await cluster.remove(`/api/v1/nodes/${name}`);
  },
};
