import type {
  V1DaemonSet,
  V1Deployment,
  V1LabelSelector,
  V1ObjectMeta,
  V1Pod,
  V1PodSpec,
  V1ReplicaSet,
  V1StatefulSet,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { MendloopError } from '../../domain/failures.ts';
import type { Target } from '../../domain/target/target.ts';

/** The kinds that can be scaled; what they share is all that is looked at. */
export type Workload = V1Deployment | V1StatefulSet | V1ReplicaSet | ArgoRollout;
export type Pod = V1Pod;
export type Autoscaler = V2HorizontalPodAutoscaler;

/** Kinds that have a `scale` subresource. */
export type ScalableKind = keyof typeof RESOURCE;

const RESOURCE = {
  Deployment: 'apps/v1 deployments',
  StatefulSet: 'apps/v1 statefulsets',
  ReplicaSet: 'apps/v1 replicasets',
  Rollout: 'argoproj.io/v1alpha1 rollouts',
} as const;

/** What of an Argo Rollout is looked at. Source: its CRD, `argoproj.io/v1alpha1`. */
export interface ArgoRollout {
  readonly kind?: string;
  readonly metadata?: V1ObjectMeta;
  readonly spec?: {
    readonly replicas?: number;
    /** Absent where a Deployment's template is used. */
    readonly template?: { readonly spec?: V1PodSpec };
    readonly selector?: V1LabelSelector;
    readonly strategy?: object;
  };
  readonly status?: object & { readonly readyReplicas?: number };
}

const segment = encodeURIComponent;

/** The kinds of `apps/v1` that bring Pods of a template. */
export type PodMaker = V1Deployment | V1ReplicaSet | V1StatefulSet | V1DaemonSet;

const POD_MAKERS = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  ReplicaSet: 'replicasets',
  DaemonSet: 'daemonsets',
} as const;

export function makesPods(kind: string): kind is keyof typeof POD_MAKERS {
  return Object.hasOwn(POD_MAKERS, kind);
}

/** @throws MendloopError `TargetUnsupported` for a kind that brings no Pods. */
export function podMakersPath({ namespace, kind }: Pick<Target, 'namespace' | 'kind'>): string {
  if (!makesPods(kind)) throw new MendloopError('TargetUnsupported', `a ${kind} has no template for Pods`);
  return `/apis/apps/v1/namespaces/${segment(namespace)}/${POD_MAKERS[kind]}`;
}

/** @throws MendloopError as of `podMakersPath`. */
export function podMakerPath(target: Pick<Target, 'namespace' | 'kind' | 'name'>): string {
  return `${podMakersPath(target)}/${segment(target.name)}`;
}

export function isScalable(kind: string | undefined): kind is ScalableKind {
  return kind !== undefined && Object.hasOwn(RESOURCE, kind);
}

/** Whether a reference from one object to another means a kind of these, and not one of the same name in another group. */
export function isOfItsGroup(kind: string, apiVersion: string): boolean {
  const [group = ''] = apiVersion.split('/');
  if (kind === 'Rollout') return group === 'argoproj.io';
  return makesPods(kind) && (group === 'apps' || group === 'extensions');
}

/** @throws MendloopError `TargetUnsupported` for a kind that has no `scale`. */
export function workloadsPath({ namespace, kind }: Pick<Target, 'namespace' | 'kind'>): string {
  if (!isScalable(kind)) throw new MendloopError('TargetUnsupported', `a ${kind} has no replicas that could be moved`);
  const [group = '', resource = ''] = RESOURCE[kind].split(' ');
  return `/apis/${group}/namespaces/${segment(namespace)}/${resource}`;
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
