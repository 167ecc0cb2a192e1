import { AppsV1Api, makeInformer, type Informer, type KubeConfig, type V1Deployment } from '@kubernetes/client-node';

/** A Deployment's replicas when they were seen to change. */
export interface ReplicaChange {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly wanted: number;
  readonly ready: number;
}

export interface DeploymentWatchOptions {
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  readonly name: string;
}

/** Follows one Deployment, so that the report does not have to take Mendloop's word for what happened to it. */
export class DeploymentWatch {
  readonly changes: ReplicaChange[] = [];
  readonly #informer: Informer<V1Deployment>;
  readonly #name: string;

  private constructor({ kubeConfig, namespace, name }: DeploymentWatchOptions) {
    const apps = kubeConfig.makeApiClient(AppsV1Api);
    this.#name = name;
    this.#informer = makeInformer(kubeConfig, `/apis/apps/v1/namespaces/${namespace}/deployments`, () =>
      apps.listNamespacedDeployment({ namespace }),
    );
    this.#informer.on('change', (deployment) => this.#note(deployment));
  }

  static async start(options: DeploymentWatchOptions): Promise<DeploymentWatch> {
    const watch = new DeploymentWatch(options);
    await watch.#informer.start();
    return watch;
  }

  /** What is seen now. */
  get now(): ReplicaChange | undefined {
    return this.changes.at(-1);
  }

  async stop(): Promise<void> {
    await this.#informer.stop();
  }

  #note(deployment: V1Deployment): void {
    if (deployment.metadata?.name !== this.#name) return;
    const wanted = deployment.spec?.replicas ?? 0;
    const ready = deployment.status?.readyReplicas ?? 0;
    if (wanted === this.now?.wanted && ready === this.now.ready) return;
    this.changes.push({ at: Date.now(), wanted, ready });
  }
}
