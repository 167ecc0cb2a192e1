import type { Permission } from '../../domain/actions/contract.ts';

export interface DiagnosisRead extends Permission {
  readonly why: string;
  /** Given where `diagnosis.logs` says so only: logs may hold secrets. */
  readonly ofLogs?: true;
}

/**
 * What a diagnosis reads beside what is read anyway, with the reason for each. `files/diagnosis-reads.yaml` of the chart is
 * made of it.
 */
export const DIAGNOSIS_READS: readonly DiagnosisRead[] = [
  {
    why: 'What the cluster has to say of an object and its Pods.',
    ...{ apiGroups: [''], resources: ['events'], verbs: ['list'], scope: 'namespaced' },
  },
  {
    why: 'How full the quotas of a namespace are.',
    ...{ apiGroups: [''], resources: ['resourcequotas'], verbs: ['list'], scope: 'namespaced' },
  },
  {
    why: 'What the last rollouts of StatefulSets and DaemonSets have changed; those of Deployments are ReplicaSets.',
    ...{ apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: ['list'], scope: 'namespaced' },
  },
  {
    why: 'What uses most, where the metrics API is served.',
    ...{ apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['list'], scope: 'namespaced' },
  },
  {
    why: 'The ends of the logs of containers that fail.',
    ...{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'], scope: 'namespaced', ofLogs: true },
  },
];
