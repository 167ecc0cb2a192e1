import type { ActionTable, Here, Subject } from '../action-table.ts';
import { CRDS, installCrd } from '../crds.ts';
import { startKedaOperator } from '../keda-operator.ts';
import { startRollouts } from '../rollouts-controller.ts';
import { APP, arrangeWorkload, type TriedKind } from '../workload-subject.ts';
import { readyPods } from '../workloads.ts';

const parameters = { replicas: 3 };

async function workload(here: Here, kind: TriedKind): Promise<Subject> {
  const { read, patch, remove, create, stall } = await arrangeWorkload(here, { kind });
  return {
    ...{ remove, create, stall },
    target: { namespace: here.namespace, kind, name: APP },
    parameters,
    look: async () => (await read()).spec.replicas,
    wanted: () => patch({ replicas: 3 }),
    moved: () => patch({ replicas: 4 }),
    revert: () => patch({ replicas: 2 }),
  };
}

async function autoscaler(here: Here): Promise<Subject> {
  const { human } = here.cluster;
  const { remove, create, stall } = await arrangeWorkload(here, { kind: 'Deployment' });
  const path = `/apis/autoscaling/v2/namespaces/${here.namespace}/horizontalpodautoscalers`;
  const patch = (minReplicas: number) => human.patch(`${path}/${APP}`, { spec: { minReplicas } });
  await human.create(path, {
    metadata: { name: APP },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: APP },
      ...{ minReplicas: 2, maxReplicas: 8 },
    },
  });
  return {
    ...{ remove, create, stall, outlives: true },
    target: { namespace: here.namespace, kind: 'Deployment', name: APP },
    parameters,
    look: async () => (await human.get<{ spec: { minReplicas: number } }>(`${path}/${APP}`)).spec.minReplicas,
    wanted: () => patch(3),
    moved: () => patch(4),
    revert: () => patch(2),
  };
}

/** By KEDA's own counts; what it has made of them is not to be touched. */
async function scaledObject(here: Here, kind: 'Deployment' | 'Rollout', isSaid = true): Promise<Subject> {
  const { human } = here.cluster;
  const { remove, create, stall } = await arrangeWorkload(here, { kind });
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'argoproj.io/v1alpha1';
  const path = `/apis/keda.sh/v1alpha1/namespaces/${here.namespace}/scaledobjects`;
  const patch = (minReplicaCount: number | null) => human.patch(`${path}/${APP}`, { spec: { minReplicaCount } });
  await human.create(path, {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: APP },
    spec: {
      scaleTargetRef: { apiVersion, kind, name: APP },
      ...(isSaid ? { minReplicaCount: 2 } : {}),
      maxReplicaCount: 8,
      triggers: [
        { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '2' } },
      ],
    },
  });
  return {
    ...{ remove, create, stall, outlives: true },
    target: { namespace: here.namespace, kind, name: APP },
    parameters,
    look: async () => (await human.get<{ spec: { minReplicaCount?: number } }>(`${path}/${APP}`)).spec.minReplicaCount,
    wanted: () => patch(3),
    moved: () => patch(4),
    revert: () => patch(isSaid ? 2 : null),
  };
}

async function podOf(here: Here): Promise<Subject> {
  const subject = await workload(here, 'Deployment');
  const [pod] = await readyPods(here.cluster, { namespace: here.namespace, app: APP, count: 2 });
  return { ...subject, target: { ...subject.target, kind: 'Pod', name: pod!.metadata.name } };
}

export const table: ActionTable = {
  action: 'scale',
  install: async (cluster) => {
    await installCrd(cluster, CRDS.scaledObjects);
    startKedaOperator(cluster);
    return await startRollouts(cluster);
  },
  subjects: {
    'a Deployment': (here) => workload(here, 'Deployment'),
    'an autoscaler': autoscaler,
    'a ScaledObject': (here) => scaledObject(here, 'Deployment'),
    'an Argo Rollout': (here) => workload(here, 'Rollout'),
  },
  reaches: {
    'a StatefulSet': (here) => workload(here, 'StatefulSet'),
    'a ReplicaSet': (here) => workload(here, 'ReplicaSet'),
    'a Pod': podOf,
    'a ScaledObject of a Rollout': (here) => scaledObject(here, 'Rollout'),
    'a ScaledObject without a minimum': (here) => scaledObject(here, 'Deployment', false),
  },
  notMeant: {},
};
