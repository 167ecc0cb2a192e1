import { setTimeout as sleep } from 'node:timers/promises';
import { ApiRefused } from '../../../src/local/kubernetes/api.ts';
import { holdPendingLabel, holdTerminatingLabel } from '../../../src/local/kubernetes/kwok-stages.ts';
import type { TestCluster } from '../cluster.ts';

/** Deployments whose Pods stand for one process: it runs for as long as one of them is to have a Pod. */
export interface FollowedProcess {
  readonly namespace: string;
  /** Their names, each with the component that the chart's labels say. */
  readonly deployments: Readonly<Record<string, string>>;
  /** Whether it does already: then its Deployments have their Pods from the beginning. */
  readonly isRunning?: boolean;
  /** Settles when it serves. */
  start(): Promise<void>;
  /** Settles when it has ended. */
  stop(): Promise<void>;
}

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

interface Deployment {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas: number };
}

const COMPONENT = 'app.kubernetes.io/component';
const PERIOD_MS = 100;

/**
 * In place of the kubelet: what `kubectl scale` asks for, processes of this machine do. A Pod is ready when its process serves,
 * and gone when that has ended.
 */
export class FollowedPods {
  readonly #cluster: TestCluster;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<unknown>;

  private constructor(cluster: TestCluster, processes: readonly FollowedProcess[]) {
    this.#cluster = cluster;
    this.#ended = Promise.all(processes.map((process) => this.#follow(process)));
    this.#ended.catch(() => undefined); // `stop` tells it.
  }

  /** Makes the Deployments. */
  static async start(cluster: TestCluster, processes: readonly FollowedProcess[]): Promise<FollowedPods> {
    for (const namespace of new Set(processes.map((process) => process.namespace))) {
      await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
    }
    for (const { namespace, deployments, isRunning = false } of processes) {
      for (const [name, component] of Object.entries(deployments)) {
        const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
        await cluster.human.create(path, deployment({ name, component, replicas: isRunning ? 2 : 0 }));
      }
    }
    return new FollowedPods(cluster, processes);
  }

  /** Of the first process that could not be started or stopped, if any. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #follow({ namespace, deployments, isRunning = false, start, stop }: FollowedProcess): Promise<void> {
    const mine = new Set(Object.values(deployments));
    let runs = isRunning;
    while (!this.#stopping.signal.aborted) {
      const wanted = await this.#list<Deployment>(`/apis/apps/v1/namespaces/${namespace}/deployments`);
      const shall = wanted.some(({ metadata, spec }) => metadata.name in deployments && spec.replicas > 0);
      if (shall !== runs) {
        await (shall ? start() : stop());
        runs = shall;
      }
      for (const { metadata } of await this.#list<Pod>(`/api/v1/namespaces/${namespace}/pods`)) {
        const held = metadata.deletionTimestamp === undefined ? holdPendingLabel : holdTerminatingLabel;
        if (!mine.has(metadata.labels[COMPONENT] ?? '') || metadata.labels[held] === undefined) continue;
        // Where nothing runs, only what ends goes on.
        if (runs || held === holdTerminatingLabel) await this.#release(namespace, metadata.name, held);
      }
      await sleep(PERIOD_MS);
    }
  }

  async #list<T>(path: string): Promise<readonly T[]> {
    return (await this.#cluster.human.get<{ items: readonly T[] }>(path)).items;
  }

  async #release(namespace: string, name: string, label: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    try {
      await this.#cluster.human.patch(path, { metadata: { labels: { [label]: null } } });
    } catch (error) {
      if (!(error instanceof ApiRefused) || error.status !== 404) throw error; // It has gone meanwhile.
    }
  }
}

function deployment({
  name,
  component,
  replicas,
}: {
  readonly name: string;
  readonly component: string;
  readonly replicas: number;
}): object {
  const labels = { [COMPONENT]: component };
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, [holdPendingLabel]: '', [holdTerminatingLabel]: '' } },
        spec: { containers: [{ name: 'main', image: 'example/none' }] },
      },
    },
  };
}
