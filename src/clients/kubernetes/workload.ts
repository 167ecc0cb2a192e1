import type {
  V1Deployment,
  V1Pod,
  V1ReplicaSet,
  V1StatefulSet,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { ScalableKind, ScaleTarget } from '../../domain/target/target.ts';

/** The kinds that can be scaled; what they share is all that is looked at. */
export type Workload = V1Deployment | V1StatefulSet | V1ReplicaSet;
export type Pod = V1Pod;
export type Autoscaler = V2HorizontalPodAutoscaler;

const RESOURCE: Record<ScalableKind, string> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  ReplicaSet: 'replicasets',
};

/** Annotation keys that a target carries while a remediation holds it. */
export const HOLD = {
  remediation: 'mendloop.dev/remediation',
  baseline: 'mendloop.dev/baseline-replicas',
  intended: 'mendloop.dev/intended-replicas',
} as const;

const segment = encodeURIComponent;

export function isScalable(kind: string | undefined): kind is ScalableKind {
  return kind !== undefined && Object.hasOwn(RESOURCE, kind);
}

export function workloadsPath({ namespace, kind }: Pick<ScaleTarget, 'namespace' | 'kind'>): string {
  return `/apis/apps/v1/namespaces/${segment(namespace)}/${RESOURCE[kind]}`;
}

export function workloadPath(target: ScaleTarget): string {
  return `${workloadsPath(target)}/${segment(target.name)}`;
}

export function podPath({ namespace, name }: { namespace: string; name: string }): string {
  return `/api/v1/namespaces/${segment(namespace)}/pods/${segment(name)}`;
}

export function autoscalersPath(namespace: string): string {
  return `/apis/autoscaling/v2/namespaces/${segment(namespace)}/horizontalpodautoscalers`;
}

export function autoscalerPath({ namespace, name }: { namespace: string; name: string }): string {
  return `${autoscalersPath(namespace)}/${segment(name)}`;
}
