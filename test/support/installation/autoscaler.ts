import type { Incident } from './incidents.ts';
import type { Installation } from './installation.ts';

interface Scaler {
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
}

/** The HorizontalPodAutoscaler of an incident's Deployment; nothing serves it metrics, so that only its bounds count. */
export class Autoscaler {
  readonly #installation: Installation;
  readonly #path: string;

  private constructor(installation: Installation, path: string) {
    this.#installation = installation;
    this.#path = path;
  }

  static async create(
    installation: Installation,
    { namespace, name }: Incident,
    { maxReplicas }: { maxReplicas: number },
  ): Promise<Autoscaler> {
    const all = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
    const cpu = {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
    };
    await installation.cluster.human.create(all, {
      metadata: { name },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        ...{ minReplicas: 2, maxReplicas, metrics: [cpu] },
      },
    });
    return new Autoscaler(installation, `${all}/${name}`);
  }

  async bounds(): Promise<{ minReplicas: number; maxReplicas: number }> {
    const { minReplicas, maxReplicas } = (await this.#read()).spec;
    return { minReplicas, maxReplicas };
  }

  /** By hand, as `kubectl` does it. */
  async setMinimum(minReplicas: number): Promise<void> {
    await this.#installation.cluster.human.patch(this.#path, { spec: { minReplicas } });
  }

  #read(): Promise<Scaler> {
    return this.#installation.cluster.human.get<Scaler>(this.#path);
  }
}
