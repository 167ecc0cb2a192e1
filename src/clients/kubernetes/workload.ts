import type {
  V1Deployment,
  V1Pod,
  V1ReplicaSet,
  V1StatefulSet,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { MendloopError } from '../../domain/failures.ts';
import type { Target } from '../../domain/target/target.ts';

/** The kinds that can be scaled; what they share is all that is looked at. */
export type Workload = V1Deployment | V1StatefulSet | V1ReplicaSet;
export type Pod = V1Pod;
export type Autoscaler = V2HorizontalPodAutoscaler;

/** Kinds that have a `scale` subresource. */
export type ScalableKind = keyof typeof RESOURCE;

const RESOURCE = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  ReplicaSet: 'replicasets',
} as const;

const segment = encodeURIComponent;

export function isScalable(kind: string | undefined): kind is ScalableKind {
  return kind !== undefined && Object.hasOwn(RESOURCE, kind);
}

/** @throws MendloopError `TargetUnsupported` for a kind that has no `scale`. */
export function workloadsPath({ namespace, kind }: Pick<Target, 'namespace' | 'kind'>): string {
  if (!isScalable(kind)) throw new MendloopError('TargetUnsupported', `a ${kind} has no replicas that could be moved`);
  return `/apis/apps/v1/namespaces/${segment(namespace)}/${RESOURCE[kind]}`;
}

/** @throws MendloopError as of `workloadsPath`. */
export function workloadPath(target: Pick<Target, 'namespace' | 'kind' | 'name'>): string {
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
