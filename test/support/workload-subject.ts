import { waitFor } from '../../dev/stack/index.ts';
import { ApiRefused } from '../../src/local/kubernetes/api.ts';
import { holdTerminatingLabel } from '../../src/local/kubernetes/kwok-stages.ts';
import type { Here, Subject } from './action-table.ts';
import { createNode, inPool, nodePath } from './nodes.ts';
import { podsOf, readyPods } from './workloads.ts';
import { PATIENCE_MS } from './patience.ts';

/** A workload that is moved by its spec; what the suite's hands do to it, all but what the action itself is about. */
export interface WorkloadHands extends Required<Pick<Subject, 'remove' | 'create' | 'stall'>> {
  readonly path: string;
  /** How often the template was changed; of other kinds than a Deployment: the spec. */
  changes(): Promise<number>;
  /** Of its spec, by a merge patch of `kubectl`. */
  patch(spec: object): Promise<void>;
  read(): Promise<WorkloadObject>;
}

export interface WorkloadObject {
  readonly metadata: { readonly generation: number; readonly annotations?: Readonly<Record<string, string>> };
  readonly status: { readonly observedGeneration?: number };
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly template: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: object;
    };
  };
}

export type TriedKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Rollout';

export const APP = 'api';

export interface WorkloadOptions {
  readonly kind: TriedKind;
  readonly replicas?: number;
  /** Of the Pods, beside what keeps them on a node of their own. */
  readonly pod?: object;
  /** Of the workload, beside selector and template. */
  readonly spec?: object;
}

/** Settles when the object of that path is gone. */
export async function untilGone({ human }: Here['cluster'], path: string): Promise<void> {
  const isGone = () =>
    human.get(path).then(
      () => false,
      (error: unknown) => error instanceof ApiRefused && error.status === 404,
    );
  await waitFor(isGone, { what: `${path} to be gone`, timeoutMs: PATIENCE_MS });
}

/** A workload named `api` with a node of its own for its Pods; settles when they are ready. */
export async function arrangeWorkload(
  { cluster, namespace }: Here,
  { kind, replicas = 2, pod = {}, spec = {} }: WorkloadOptions,
): Promise<WorkloadHands> {
  const { human } = cluster;
  const group = kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1';
  const path = `/apis/${group}/namespaces/${namespace}/${kind.toLowerCase()}s`;
  const node = `${namespace}-node`;
  const create = async () => {
    await human.create(path, {
      ...{ apiVersion: group, kind },
      metadata: { name: APP, labels: { app: APP } },
      spec: {
        ...(kind === 'DaemonSet' ? {} : { replicas }),
        ...(kind === 'Rollout' ? { strategy: { canary: {} } } : {}),
        ...(kind === 'StatefulSet' ? { serviceName: APP, podManagementPolicy: 'Parallel' } : {}),
        selector: { matchLabels: { app: APP } },
        template: { metadata: { labels: { app: APP } }, spec: inPool(namespace, pod) },
        ...spec,
      },
    });
    await readyPods(cluster, { namespace, app: APP, count: kind === 'DaemonSet' ? 1 : replicas });
  };
  await createNode(cluster, { name: node, pool: namespace });
  await create();
  const read = () => human.get<WorkloadObject>(`${path}/${APP}`);
  return {
    path: `${path}/${APP}`,
    read,
    create,
    patch: (changed) => human.patch(`${path}/${APP}`, { spec: changed }),
    changes: async () => {
      const isSeen = async () => {
        const { metadata, status } = await read();
        return status.observedGeneration === metadata.generation;
      };
      await waitFor(isSeen, { what: 'the controller to see it', timeoutMs: PATIENCE_MS });
      const { generation, annotations = {} } = (await read()).metadata;
      // Marks move a Deployment's generation, too.
      return kind === 'Deployment' ? Number(annotations['deployment.kubernetes.io/revision']) - 1 : generation - 1;
    },
    remove: async () => {
      await human.remove(`${path}/${APP}`);
      await untilGone(cluster, `${path}/${APP}`);
      // The garbage collector hears of a kind that is new to the cluster half a minute later.
      if (kind === 'Rollout') {
        await human.remove(`/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=app%3D${APP}`);
      }
      // Its Pods go after it, and those of another object of its name must not be taken for them.
      await readyPods(cluster, { namespace, app: APP, count: 0 });
    },
    stall: async () => {
      // A node that takes no Pods is none that a DaemonSet wants Pods on; one that does not go makes way for none.
      if (kind === 'DaemonSet') {
        const pods = await podsOf(cluster, namespace, APP);
        const hold = async (value: '' | null) => {
          for (const { metadata } of pods) {
            const pod = `/api/v1/namespaces/${namespace}/pods/${metadata.name}`;
            // Let go, it may be gone when it is asked again.
            await human.patch(pod, { metadata: { labels: { [holdTerminatingLabel]: value } } }).catch(() => undefined);
          }
        };
        await hold('');
        return () => hold(null);
      }
      const taint = { key: 'stall', value: 'row', effect: 'NoSchedule' };
      const taints = (more: object[]) =>
        human.patch(nodePath(node), {
          spec: { taints: [{ key: 'pool', value: namespace, effect: 'NoSchedule' }, ...more] },
        });
      await taints([taint]);
      return () => taints([]);
    },
  };
}
