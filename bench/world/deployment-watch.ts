import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { Workload } from '../../src/clients/kubernetes/workload.ts';

interface Waiter {
  readonly key: string;
  readonly holds: (deployment: Workload) => boolean;
  readonly resolve: (at: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sees every change of every Deployment as soon as the API server tells it: one clock and one stopwatch for all
 * contestants, whichever way they change a Deployment.
 */
export class DeploymentWatch {
  readonly #known = new Map<string, Workload>();
  readonly #waiters = new Set<Waiter>();
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;

  private constructor(kubernetes: KubernetesClient, resourceVersion: string) {
    this.#ended = this.#follow(kubernetes, resourceVersion);
  }

  static async start(kubernetes: KubernetesClient): Promise<DeploymentWatch> {
    const list = await kubernetes.get<{ metadata: { resourceVersion: string } }>('/apis/apps/v1/deployments');
    return new DeploymentWatch(kubernetes, list.metadata.resourceVersion);
  }

  /** All of them, as they were last seen. */
  get deployments(): readonly Workload[] {
    return [...this.#known.values()];
  }

  /** The Deployment as it was last seen. Throws if it never was. */
  latest(key: string): Workload {
    const deployment = this.#known.get(key);
    if (deployment === undefined) throw new Error(`no Deployment ${key} has been seen`);
    return deployment;
  }

  /** When, by `performance.now()`, a Deployment was first seen for which `holds` is true; at once if it is already. */
  until(key: string, holds: Waiter['holds']): Promise<number> {
    const known = this.#known.get(key);
    if (known !== undefined && holds(known)) return Promise.resolve(performance.now());
    return new Promise((resolve, reject) => this.#waiters.add({ key, holds, resolve, reject }));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #follow(kubernetes: KubernetesClient, resourceVersion: string): Promise<void> {
    let why: unknown = new Error('the watch on Deployments ended');
    try {
      const { signal } = this.#stopping;
      for await (const { type, object } of kubernetes.watch<Workload>(
        '/apis/apps/v1/deployments',
        { resourceVersion },
        signal,
      )) {
        if (type === 'ADDED' || type === 'MODIFIED') this.#see(object);
      }
    } catch (error) {
      why = error;
    }
    for (const { reject } of this.#waiters) reject(why);
  }

  #see(deployment: Workload): void {
    const at = performance.now();
    const key = `${deployment.metadata?.namespace ?? ''}/${deployment.metadata?.name ?? ''}`;
    this.#known.set(key, deployment);
    for (const waiter of this.#waiters) {
      if (waiter.key !== key || !waiter.holds(deployment)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(at);
    }
  }
}
