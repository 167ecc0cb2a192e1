import { ConditionKind, type ObjectRef } from '../../domain/plan/object-condition.ts';
import type { Target } from '../../domain/target/target.ts';

/** The group, version and resource of a kind whose conditions are read. */
const RESOURCES: Readonly<
  Record<ConditionKind, { readonly api: string; readonly resource: string; readonly cluster?: true }>
> = {
  Pod: { api: '/api/v1', resource: 'pods' },
  PersistentVolumeClaim: { api: '/api/v1', resource: 'persistentvolumeclaims' },
  Node: { api: '/api/v1', resource: 'nodes', cluster: true },
  Deployment: { api: '/apis/apps/v1', resource: 'deployments' },
  StatefulSet: { api: '/apis/apps/v1', resource: 'statefulsets' },
  DaemonSet: { api: '/apis/apps/v1', resource: 'daemonsets' },
  ReplicaSet: { api: '/apis/apps/v1', resource: 'replicasets' },
  Job: { api: '/apis/batch/v1', resource: 'jobs' },
  HorizontalPodAutoscaler: { api: '/apis/autoscaling/v2', resource: 'horizontalpodautoscalers' },
  Rollout: { api: '/apis/argoproj.io/v1alpha1', resource: 'rollouts' },
};

/** Whether objects of a kind have conditions that are known here. */
function isConditionKind(kind: string): kind is ConditionKind {
  return Object.hasOwn(RESOURCES, kind);
}

/** Where the API server has the object; undefined for a kind that is not known here. */
export function conditionObjectPath({ kind, namespace, name }: Pick<Target, 'kind' | 'namespace' | 'name'>) {
  if (!isConditionKind(kind)) return undefined;
  const { api, resource, cluster } = RESOURCES[kind];
  const place = cluster ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${api}${place}/${resource}/${encodeURIComponent(name)}`;
}

/** The object that a condition is about: the one that the plan names, else the subject itself. */
export function objectOf(of: ObjectRef | undefined, subject: Target): Target {
  if (of === undefined) return subject;
  const { kind, name, namespace = subject.namespace } = of;
  return { cluster: subject.cluster, kind, namespace: kind === ConditionKind.Node ? '' : namespace, name };
}
