import { MendloopError } from '../../domain/failures.ts';
import type { Target } from '../../domain/target/target.ts';

interface KindOfObject {
  readonly apiVersion: string;
  /** As paths have it. */
  readonly resource: string;
}

/** The kinds of objects that actions read or write by their name. */
const KINDS: Readonly<Record<string, KindOfObject>> = {
  Pod: { apiVersion: 'v1', resource: 'pods' },
  Node: { apiVersion: 'v1', resource: 'nodes' },
  Namespace: { apiVersion: 'v1', resource: 'namespaces' },
  ConfigMap: { apiVersion: 'v1', resource: 'configmaps' },
  ResourceQuota: { apiVersion: 'v1', resource: 'resourcequotas' },
  PersistentVolumeClaim: { apiVersion: 'v1', resource: 'persistentvolumeclaims' },
  Deployment: { apiVersion: 'apps/v1', resource: 'deployments' },
  StatefulSet: { apiVersion: 'apps/v1', resource: 'statefulsets' },
  ReplicaSet: { apiVersion: 'apps/v1', resource: 'replicasets' },
  DaemonSet: { apiVersion: 'apps/v1', resource: 'daemonsets' },
  HorizontalPodAutoscaler: { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers' },
  Job: { apiVersion: 'batch/v1', resource: 'jobs' },
  CronJob: { apiVersion: 'batch/v1', resource: 'cronjobs' },
  PodDisruptionBudget: { apiVersion: 'policy/v1', resource: 'poddisruptionbudgets' },
  ScaledObject: { apiVersion: 'keda.sh/v1alpha1', resource: 'scaledobjects' },
  Rollout: { apiVersion: 'argoproj.io/v1alpha1', resource: 'rollouts' },
};

const segment = encodeURIComponent;

export function isKnownKind(kind: string): boolean {
  return knownKind(kind) !== undefined;
}

/** `v1`, `apps/v1`; of a kind that is not known here `v1`. */
export function apiVersionOf(kind: string): string {
  return knownKind(kind)?.apiVersion ?? 'v1';
}

/** Where all of its kind in its namespace are. @throws MendloopError `TargetUnsupported` for a kind that is not known here. */
export function kindPath({ namespace, kind }: Pick<Target, 'namespace' | 'kind'>): string {
  const known = knownKind(kind);
  if (known === undefined)
    throw new MendloopError('TargetUnsupported', `a ${kind} is of a kind that is not known here`);
  const { apiVersion, resource } = known;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace === '' ? '' : `/namespaces/${segment(namespace)}`}/${resource}`;
}

/** @throws MendloopError as of `kindPath`. */
export function objectPath(target: Pick<Target, 'namespace' | 'kind' | 'name'>): string {
  return `${kindPath(target)}/${segment(target.name)}`;
}

function knownKind(kind: string): KindOfObject | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
}
