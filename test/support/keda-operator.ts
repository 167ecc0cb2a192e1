import type { TestCluster } from './cluster.ts';

interface ScaledObject {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind?: string; readonly name: string };
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
  };
}

/** The hands on a cluster that it takes. */
type Hands = Pick<TestCluster['human'], 'get' | 'create' | 'patch'>;

const PAUSE_MS = 200;

/** Plays KEDA's operator for the life of an API server: see {@link keepAutoscalers}. */
export function startKedaOperator({ human }: TestCluster): void {
  const goOn = () => {
    void keepAutoscalers(human).then(
      () => setTimeout(goOn, PAUSE_MS).unref(),
      () => undefined,
    );
  };
  goOn();
}

/**
 * One look of KEDA's operator, as far as replicas go: it keeps an autoscaler of its own for each ScaledObject, with the
 * counts of that; the real autoscaler controller does the rest.
 */
export async function keepAutoscalers(hands: Hands): Promise<void> {
  const { items } = await hands.get<{ items: ScaledObject[] }>('/apis/keda.sh/v1alpha1/scaledobjects');
  // One of them may be gone meanwhile.
  for (const item of items) await keepAutoscaler(hands, item).catch(() => undefined);
}

async function keepAutoscaler(hands: Hands, { metadata, spec }: ScaledObject): Promise<void> {
  const { namespace, name, uid } = metadata;
  const { apiVersion = 'apps/v1', kind = 'Deployment', name: target } = spec.scaleTargetRef;
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
  const counts = { minReplicas: Math.max(1, spec.minReplicaCount ?? 0), maxReplicas: spec.maxReplicaCount ?? 100 };
  const own = `${path}/keda-hpa-${name}`;
  const there = await hands.get<{ spec: object }>(own).catch(() => undefined);
  if (there !== undefined) {
    await hands.patch(own, { spec: counts });
    return;
  }
  const owner = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name, uid, controller: true };
  await hands.create(path, {
    metadata: {
      ...{ name: `keda-hpa-${name}`, ownerReferences: [owner] },
      labels: { 'scaledobject.keda.sh/name': name },
    },
    spec: { scaleTargetRef: { apiVersion, kind, name: target }, ...counts },
  });
}
