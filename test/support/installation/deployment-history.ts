import { expect } from 'vitest';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';

export interface SeenDeployment {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string };
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

interface Seen {
  readonly latest: SeenDeployment;
  readonly replicas: readonly number[];
}

const PATH = '/apis/apps/v1/deployments';

/** Every value that the replicas of every Deployment ever had, as the API server tells each of them: none is missed. */
export class DeploymentHistory {
  readonly #kubernetes: KubernetesClient;
  readonly #seen = new Map<string, Seen>();
  readonly #stopping = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  private constructor(kubernetes: KubernetesClient) {
    this.#kubernetes = kubernetes;
  }

  /** From now on. */
  static async start(kubernetes: KubernetesClient): Promise<DeploymentHistory> {
    const history = new DeploymentHistory(kubernetes);
    const { metadata } = await kubernetes.get<{ metadata: { resourceVersion: string } }>(PATH);
    history.#ended = history.#follow(metadata.resourceVersion);
    return history;
  }

  /** All of a namespace, as they were last seen. */
  in(namespace: string): readonly SeenDeployment[] {
    return [...this.#seen.values()]
      .map(({ latest }) => latest)
      .filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** What one was scaled to, from its creation until now, the newest last. */
  async of({ namespace, name }: { readonly namespace: string; readonly name: string }): Promise<readonly number[]> {
    const now = await this.#kubernetes.get<SeenDeployment>(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
    const seen = () => this.#seen.get(`${namespace}/${name}`);
    const version = () => Number(seen()?.latest.metadata.resourceVersion ?? 0);
    // Only what the watch has caught up with says that nothing else happened.
    await expect.poll(version).toBeGreaterThanOrEqual(Number(now.metadata.resourceVersion));
    return seen()?.replicas ?? [];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #follow(from: string): Promise<void> {
    const { signal } = this.#stopping;
    let resourceVersion = from;
    while (!signal.aborted) {
      try {
        for await (const { type, object } of this.#kubernetes.watch<SeenDeployment>(
          PATH,
          { resourceVersion },
          signal,
        )) {
          if (type === 'ERROR') return; // What was missed cannot be told: `of` waits in vain, and the test fails.
          ({ resourceVersion } = object.metadata);
          if (type !== 'DELETED') this.#see(object);
        }
      } catch {
        // The connection broke, or it is over: from the same place again.
      }
    }
  }

  #see(latest: SeenDeployment): void {
    const { namespace, name } = latest.metadata;
    const key = `${namespace}/${name}`;
    const replicas = this.#seen.get(key)?.replicas ?? [];
    const { replicas: wanted } = latest.spec;
    this.#seen.set(key, { latest, replicas: replicas.at(-1) === wanted ? replicas : [...replicas, wanted] });
  }
}
