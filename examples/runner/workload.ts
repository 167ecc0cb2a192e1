import type { ClusterHands } from './stack/cluster-hands.ts';

interface Deployment {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly image: string;
          readonly env?: readonly { readonly name: string; readonly value?: string }[];
          readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
        }[];
      };
    };
  };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}

/** What an example looks at of a Deployment of one container. */
export interface DeploymentLook {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  /** `3 of 3 Pods are ready`. */
  readonly pods: string;
  /** As many Pods as it wants, all of them ready. */
  readonly isReady: boolean;
}

export const deploymentPath = (namespace: string, name: string): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

export async function lookAtDeployment(
  cluster: ClusterHands,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<DeploymentLook> {
  const { spec, status = {} } = await cluster.get<Deployment>(deploymentPath(namespace, name));
  const [container] = spec.template.spec.containers;
  const { replicas: wanted = 1 } = spec;
  const { replicas = 0, readyReplicas = 0 } = status;
  return {
    image: container?.image ?? '',
    env: Object.fromEntries((container?.env ?? []).map(({ name: key, value = '' }) => [key, value])),
    limits: container?.resources?.limits ?? {},
    pods: `${readyReplicas} of ${wanted} Pods are ready`,
    isReady: readyReplicas === wanted && replicas === wanted,
  };
}

interface ReplicaSets {
  readonly items: readonly { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } }[];
}

/** The number of the newest revision of a namespace's only Deployment. */
export async function newestRevision(cluster: ClusterHands, namespace: string): Promise<number> {
  const { items } = await cluster.get<ReplicaSets>(`/apis/apps/v1/namespaces/${namespace}/replicasets`);
  return Math.max(
    ...items.map(({ metadata }) => Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)),
  );
}

/** The text, if that is how it should be; throws it if not. */
export function asExpected(is: boolean, text: string): string {
  if (!is) throw new Error(`in the cluster: ${text}`);
  return text;
}

/** A release: a patch of the template's only container, `main`. */
export const release = (container: object) => ({
  spec: { template: { spec: { containers: [{ name: 'main', ...container }] } } },
});
