import { CoreV1Api, makeInformer, type Informer, type KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { PodProcess } from './pod-process.ts';
import { podSpec, type PodSpec } from './pod-spec.ts';
import { ServiceDiscovery, type ServingPod } from './service-discovery.ts';

/** Milliseconds before a broken watch is begun anew, or a crashed process started again. */
const RETRY_MS = 500;

export interface PodRunnerOptions {
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  /** See `shop/endpoints.ts`. */
  readonly endpointsFile: string;
  /** Prometheus' `file_sd_configs` file. */
  readonly targetsFile: string;
  /** Told whenever the Pods that take requests have changed. */
  readonly onServing?: (pods: readonly ServingPod[]) => void;
}

/**
 * The container runtime of the example: kwok makes Pods Ready, this gives every Ready Pod exactly one real process for
 * as long as it is, starts a crashed one again, and tells Prometheus and the load generator where it listens.
 */
export class PodRunner {
  readonly #options: PodRunnerOptions;
  readonly #informer: Informer<V1Pod> & { list(): readonly V1Pod[] };
  readonly #discovery: ServiceDiscovery;
  readonly #processes = new Map<string, PodProcess>();
  readonly #leaving = new Set<Promise<void>>();
  #starting = false;
  #stopped = false;

  private constructor(options: PodRunnerOptions) {
    const { kubeConfig, namespace } = options;
    const core = kubeConfig.makeApiClient(CoreV1Api);
    this.#options = options;
    this.#discovery = new ServiceDiscovery(options);
    this.#informer = makeInformer(kubeConfig, `/api/v1/namespaces/${namespace}/pods`, () =>
      core.listNamespacedPod({ namespace }),
    );
    this.#informer.on('change', () => this.#reconcile());
    this.#informer.on('error', () => {
      if (!this.#stopped) setTimeout(() => void this.#watch(), RETRY_MS);
    });
  }

  static async start(options: PodRunnerOptions): Promise<PodRunner> {
    const runner = new PodRunner(options);
    await runner.#discovery.publish([]);
    await runner.#watch();
    return runner;
  }

  /** Pods whose process takes requests. */
  serving(): readonly ServingPod[] {
    return [...this.#processes.values()].flatMap(({ spec, endpoint }) =>
      endpoint === undefined ? [] : [{ spec, endpoint }],
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#informer.stop();
    await Promise.all([...[...this.#processes.values()].map((running) => running.stop()), ...this.#leaving]);
  }

  async #watch(): Promise<void> {
    if (!this.#stopped) await this.#informer.start();
  }

  #reconcile(): void {
    if (this.#stopped) return;
    const wanted = new Map(
      this.#informer.list().flatMap((pod) => {
        const spec = podSpec(pod);
        return spec === undefined ? [] : [[spec.uid, spec] as const];
      }),
    );
    this.#startNext([...wanted.values()].find(({ uid }) => !this.#processes.has(uid)));
    const surplus = [...this.#processes].filter(([uid]) => !wanted.has(uid));
    for (const [uid, running] of surplus) {
      this.#processes.delete(uid);
      const left = running.stop().finally(() => this.#leaving.delete(left));
      this.#leaving.add(left);
    }
    if (surplus.length > 0) this.#publish();
  }

  /** One after the other, as a kubelet does: a burst of starts would take the CPU from those that serve. */
  #startNext(spec: PodSpec | undefined): void {
    if (spec === undefined || this.#starting) return;
    this.#starting = true;
    const started = new PodProcess({
      spec,
      endpointsFile: this.#options.endpointsFile,
      onCrash: () => {
        this.#processes.delete(spec.uid);
        this.#publish();
        setTimeout(() => this.#reconcile(), RETRY_MS);
      },
    });
    this.#processes.set(spec.uid, started);
    void started.settled.then(() => {
      this.#starting = false;
      this.#publish();
      this.#reconcile();
    });
  }

  #publish(): void {
    if (this.#stopped) return;
    const serving = this.serving();
    void this.#discovery.publish(serving).then(() => this.#options.onServing?.(serving));
  }
}
