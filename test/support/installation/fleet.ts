import { expect } from 'vitest';
import type { SeenDeployment } from './deployment-history.ts';
import type { PostgresInstallation } from './installation.ts';

export interface FleetOptions {
  readonly size: number;
  readonly namespace: string;
}

/** Many Deployments of one Pod each, all slow, which get well with more. */
export class Fleet {
  readonly #installation: PostgresInstallation;
  readonly names: readonly string[];
  readonly namespace: string;

  private constructor(installation: PostgresInstallation, { size, namespace }: FleetOptions) {
    this.#installation = installation;
    this.namespace = namespace;
    this.names = Array.from({ length: size }, (_, index) => `${namespace}-${index}`);
  }

  static async create(installation: PostgresInstallation, options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(installation, options);
    const { cluster, signals } = installation;
    const { namespace, names } = fleet;
    await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
    for (const name of names) {
      signals.latency.set(name, 1.5);
      await cluster.human.deploy({ namespace, name, replicas: 1 });
    }
    const ready = () => fleet.all.filter(({ status }) => status.readyReplicas === 1).length;
    await expect.poll(ready, { timeout: 180_000 }).toBe(names.length);
    return fleet;
  }

  /** As they were last seen. */
  get all(): readonly SeenDeployment[] {
    return this.#installation.history.in(this.namespace);
  }

  /** Those that have been scaled. */
  get scaled(): readonly SeenDeployment[] {
    return this.all.filter(({ spec }) => spec.replicas > 1);
  }

  /** Those get well that have more Pods by now. */
  heal(): void {
    for (const { metadata, spec, status } of this.scaled) {
      if (status.readyReplicas === spec.replicas) this.#installation.signals.latency.set(metadata.name, 0.1);
    }
  }
}
