import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Informer,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  type ObjectCache,
} from '@kubernetes/client-node';
import { closeServer } from '../close-server.ts';
import type { ClusterHands } from '../stack/cluster-hands.ts';
import type { Resource, StateObject } from './family.ts';
import { limits } from './limits.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { renderFamilies } from './render.ts';
import { workloads } from './workloads.ts';

const RESOURCES: readonly Resource[] = [pods, nodes, ...workloads, ...limits];

/** Milliseconds until a watch that broke is begun anew. */
const AGAIN_MS = 500;

type Watched = Informer<KubernetesObject> & ObjectCache<KubernetesObject>;

/**
 * What kube-state-metrics is to a cluster, which is not to be had as one server here: the objects of the API server, by
 * watch, as metrics of the same names. Rules that are written for the one work on the other.
 */
export class StateMetrics {
  readonly #watches: readonly { readonly resource: Resource; readonly informer: Watched }[];
  readonly #server: Server;
  #isStopped = false;

  private constructor(cluster: ClusterHands) {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(cluster.plane.kubeconfigPath);
    this.#watches = RESOURCES.map((resource) => {
      const list = () => cluster.get<KubernetesListObject<KubernetesObject>>(resource.path);
      const informer = makeInformer(kubeConfig, resource.path, list);
      informer.on('error', () => void this.#again(informer));
      return { resource, informer };
    });
    this.#server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(this.#render());
    });
  }

  /** Settles when everything that there is has been listed. */
  static async start(cluster: ClusterHands): Promise<StateMetrics> {
    const metrics = new StateMetrics(cluster);
    await Promise.all(metrics.#watches.map(({ informer }) => informer.start()));
    await once(metrics.#server.listen(0, '127.0.0.1'), 'listening');
    return metrics;
  }

  /** `host:port` of its `/metrics`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#watches.map(({ informer }) => informer.stop()));
    await closeServer(this.#server);
  }

  #render(): string {
    return this.#watches
      .map(({ resource, informer }) => renderFamilies(resource.families, informer.list() as unknown as StateObject[]))
      .join('');
  }

  async #again(informer: Watched): Promise<void> {
    await sleep(AGAIN_MS);
    if (!this.#isStopped) await informer.start().catch(() => this.#again(informer));
  }
}
