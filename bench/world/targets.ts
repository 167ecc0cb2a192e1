import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { Target } from '../../src/domain/target/target.ts';
import type { DeploymentWatch } from './deployment-watch.ts';

/** How many requests are made at the same time. */
const LANES = 8;

/** A Deployment with 1 replica that nobody has scaled yet. */
export interface FreshTarget {
  readonly target: Target;
  readonly uid: string;
  /** For the watch. */
  readonly key: string;
}

/**
 * A namespace for each iteration, and in it a Deployment for each contestant: nobody finds a target that has been
 * touched, and a budget check sees the few Pods of a usual namespace. Settles when every Pod is ready.
 */
export async function createTargets(options: {
  readonly kubernetes: KubernetesClient;
  readonly watch: DeploymentWatch;
  readonly iterations: number;
  readonly contestants: readonly string[];
  /** Of the namespaces' names. */
  readonly prefix?: string;
}): Promise<readonly ReadonlyMap<string, FreshTarget>[]> {
  const { kubernetes, watch, iterations, contestants, prefix = 'bench' } = options;
  const namespaces = Array.from({ length: iterations }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}`);
  const created = new Map<string, ReadonlyMap<string, FreshTarget>>();
  const queue = namespaces.values();
  const lanes = Array.from({ length: LANES }, async () => {
    for (const namespace of queue) {
      await kubernetes.create('/api/v1/namespaces', object('v1', 'Namespace', { name: namespace }));
      const targets = await Promise.all(
        contestants.map(async (name) => {
          await kubernetes.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(namespace, name));
          const key = `${namespace}/${name}`;
          await watch.until(key, ({ status }) => status?.readyReplicas === 1);
          const uid = watch.latest(key).metadata?.uid ?? '';
          const target = { cluster: kubernetes.cluster, namespace, kind: 'Deployment', name } as const;
          return [name, { target, uid, key }] as const;
        }),
      );
      created.set(namespace, new Map(targets));
    }
  });
  await Promise.all(lanes);
  return namespaces.flatMap((namespace) => created.get(namespace) ?? []);
}

function object(apiVersion: string, kind: string, metadata: object, rest: object = {}): object {
  return { apiVersion, kind, metadata, ...rest };
}

function deployment(namespace: string, name: string): object {
  // Not `mendloop` alone: what carries that name is protected.
  const labels = { app: `bench-${name}` };
  const container = {
    name,
    image: 'bench.example/nothing:1',
    resources: { requests: { cpu: '10m', memory: '16Mi' } },
  };
  return object(
    'apps/v1',
    'Deployment',
    { namespace, name, labels },
    { spec: { replicas: 1, selector: { matchLabels: labels }, template: template(labels, container) } },
  );
}

function template(labels: object, container: object): object {
  return { metadata: { labels }, spec: { containers: [container] } };
}
