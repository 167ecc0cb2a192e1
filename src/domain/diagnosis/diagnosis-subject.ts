import { effectiveLabels } from '../alert/effective-labels.ts';
import { type Target, targetSchema } from '../target/target.ts';

/** Labels by which the rules of the Kubernetes mixins name an object, the most particular first. */
const KIND_BY_LABEL = {
  pod: 'Pod',
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  job_name: 'Job',
  horizontalpodautoscaler: 'HorizontalPodAutoscaler',
  persistentvolumeclaim: 'PersistentVolumeClaim',
  poddisruptionbudget: 'PodDisruptionBudget',
  resourcequota: 'ResourceQuota',
} as const;

/** Where an alert that no plan was made for says to look; undefined: it names no object. It is no authority. */
export function subjectOfAlert(labels: Readonly<Record<string, string>>, cluster: string): Target | undefined {
  const named = effectiveLabels(labels);
  const namespace = named['namespace'] ?? '';
  const found = Object.entries(KIND_BY_LABEL).find(([label]) => (named[label] ?? '') !== '');
  if (namespace !== '' && found !== undefined) {
    return targetOf({ cluster, namespace, kind: found[1], name: named[found[0]] });
  }
  const node = named['node'] ?? '';
  if (node !== '') return targetOf({ cluster, namespace: '', kind: 'Node', name: node });
  return namespace === '' ? undefined : targetOf({ cluster, namespace, kind: 'Namespace', name: namespace });
}

function targetOf(wanted: object): Target | undefined {
  const parsed = targetSchema.safeParse(wanted);
  return parsed.success ? parsed.data : undefined;
}
