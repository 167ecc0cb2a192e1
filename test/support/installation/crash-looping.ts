import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { PATIENCE_MS } from '../patience.ts';
import { podsOf, type PodObject } from '../workloads.ts';
import { Incident } from './incidents.ts';
import type { Installation } from './installation.ts';

/** What the kubelets meet: a Pod of it crashes for as long as CART_POOL_SIZE is no number. */
const APP = 'cart';
const GOOD = '20';
const BAD = 'twenty';

let serial = 0;

/** For the kubelets of the cluster that is to have such workloads: those of the example. */
export function crashLoopStages(): Promise<string> {
  return readFile(join(packageRoot(), 'examples', 'crash-loop', 'stages.yaml'), 'utf8');
}

/** A Deployment whose second release is out, all of its Pods, and crashes. */
export class CrashLooping {
  readonly #installation: Installation;
  readonly namespace: string;
  readonly incident: Incident;

  private constructor(installation: Installation, namespace: string, pod: string) {
    this.#installation = installation;
    this.namespace = namespace;
    this.incident = this.#about(pod);
  }

  /** Settles when every Pod of it crashes; its alerts are not sent yet. */
  static async prepare(installation: Installation): Promise<CrashLooping> {
    const { cluster } = installation;
    serial += 1;
    const namespace = `crash-loop-${serial}`;
    await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
    const main = (size: string) => ({
      ...{ name: 'main', image: 'registry.example.com/cart:2.1.0', env: [{ name: 'CART_POOL_SIZE', value: size }] },
      resources: { requests: { cpu: '100m', memory: '64Mi' } },
    });
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: APP, labels: { app: APP } },
      spec: {
        // No Pod of the release before is left: what is not at rest is not restarted.
        ...{ replicas: 2, strategy: { type: 'Recreate' }, selector: { matchLabels: { app: APP } } },
        template: { metadata: { labels: { app: APP } }, spec: { containers: [main(GOOD)] } },
      },
    });
    const read = () => readDeployment(installation, namespace);
    const ready = async () => (await read()).status.readyReplicas;
    await expect.poll(ready, { timeout: PATIENCE_MS }).toBe(2);
    await cluster.human.patch(pathOf(namespace), { spec: { template: { spec: { containers: [main(BAD)] } } } });
    const updated = async () => (await read()).status.updatedReplicas;
    await expect.poll(updated, { timeout: PATIENCE_MS }).toBe(2);
    return new CrashLooping(installation, namespace, await crashingPod(installation, namespace));
  }

  /** The same alert, about a Pod that crashes now. */
  async sibling(): Promise<Incident> {
    return this.#about(await crashingPod(this.#installation, this.namespace));
  }

  /**
   * Settles when its newest release has this setting, and its template was given to its Pods so often: each time is a
   * revision.
   */
  async untilIs(wanted: { readonly size: string; readonly revision: string }): Promise<void> {
    const look = async () => {
      const { metadata, spec } = await readDeployment(this.#installation, this.namespace);
      return {
        size: spec.template.spec.containers[0]?.env?.[0]?.value,
        revision: metadata.annotations?.['deployment.kubernetes.io/revision'],
      };
    };
    await expect.poll(look, { timeout: PATIENCE_MS }).toEqual(wanted);
  }

  #about(pod: string): Incident {
    const labels = { alertname: 'KubePodCrashLooping', container: 'main', pod };
    return Incident.about(this.#installation, { name: APP, namespace: this.namespace, labels });
  }
}

/** Settles when all that there are crash; gives the first. */
async function crashingPod({ cluster }: Installation, namespace: string): Promise<string> {
  let pods: readonly PodObject[] = [];
  const crashing = async () => {
    pods = await podsOf(cluster, namespace, APP);
    return [pods.length, pods.filter(isCrashing).length];
  };
  await expect.poll(crashing, { timeout: PATIENCE_MS }).toEqual([2, 2]);
  return pods[0]?.metadata.name ?? '';
}

interface Deployment {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { env?: readonly { value?: string }[] }[] } };
  };
  readonly status: { readonly readyReplicas?: number; readonly updatedReplicas?: number };
}

const pathOf = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/${APP}`;

function readDeployment({ cluster }: Installation, namespace: string): Promise<Deployment> {
  return cluster.human.get<Deployment>(pathOf(namespace));
}

function isCrashing({ status }: PodObject): boolean {
  return (status.containerStatuses ?? []).some(({ ready, restartCount }) => !ready && restartCount > 0);
}
