import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import type { Workload } from '../../../src/clients/kubernetes/workload.ts';
import { waitFor } from '../../../dev/stack/index.ts';

export const NAMESPACE = 'production';
export const SERVICE = 'order-service';

/** The flash sale's Deployment with two replicas. Settles when they are ready. */
export async function createDeployment(kubernetes: KubernetesClient): Promise<void> {
  const labels = { app: SERVICE };
  const container = {
    name: SERVICE,
    image: 'shop.example/order-service:1',
    resources: { requests: { cpu: '100m', memory: '64Mi' } },
  };
  await kubernetes.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  });
  const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
  await kubernetes.create(path, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: NAMESPACE, name: SERVICE, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  });
  await waitFor(async () => (await kubernetes.get<Workload>(`${path}/${SERVICE}`)).status?.readyReplicas === 2, {
    what: `${SERVICE} to be ready`,
    timeoutMs: 60_000,
  });
}
