import { waitFor } from '../../dev/stack/index.ts';
import type { TestCluster } from './cluster.ts';
import { PATIENCE_MS } from './patience.ts';

export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[];
  };
  readonly spec: { readonly nodeName?: string; readonly containers?: readonly { readonly image?: string }[] };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
  };
}

interface WorkloadOptions {
  readonly namespace: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
  readonly replicas?: number;
  /** Of the Pods. */
  readonly spec?: object;
  readonly labels?: Readonly<Record<string, string>>;
}

const containers = [{ name: 'main', image: 'example/none' }];

export const podsOf = async ({ human }: TestCluster, namespace: string, app?: string): Promise<PodObject[]> => {
  const selector = app === undefined ? '' : `?labelSelector=app%3D${app}`;
  const { items } = await human.get<{ items: PodObject[] }>(`/api/v1/namespaces/${namespace}/pods${selector}`);
  return items;
};

export const isReady = ({ metadata, status }: PodObject): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** Settles when all of its Pods are ready; gives them. */
export async function createWorkload(
  cluster: TestCluster,
  { namespace, kind, name, replicas = 1, spec = { containers }, labels = {} }: WorkloadOptions,
): Promise<PodObject[]> {
  await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s`, {
    metadata: { name, labels: { app: name, ...labels } },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas }),
      ...(kind === 'StatefulSet' ? { serviceName: name, podManagementPolicy: 'Parallel' } : {}),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec },
    },
  });
  return readyPods(cluster, { namespace, app: name, count: replicas });
}

/** Settles when there are so many ready Pods; gives them, by name. */
export async function readyPods(
  cluster: TestCluster,
  { namespace, app, count }: { namespace: string; app: string; count: number },
): Promise<PodObject[]> {
  let ready: PodObject[] = [];
  const areReady = async () => {
    ready = (await podsOf(cluster, namespace, app)).filter(isReady);
    return ready.length === count;
  };
  await waitFor(areReady, { what: `${count} ready Pods of ${app}`, timeoutMs: PATIENCE_MS });
  return ready.toSorted((one, other) => one.metadata.name.localeCompare(other.metadata.name));
}
