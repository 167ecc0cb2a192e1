import { conditions, type Family, gauge, named, owners, type Resource, type StateObject } from './family.ts';

type ValueOf = (object: StateObject) => unknown;

const spec =
  (field: string): ValueOf =>
  (object) =>
    object.spec?.[field];
/** The API leaves a zero out. */
const count =
  (field: string): ValueOf =>
  (object) =>
    object.status?.[field] ?? 0;

/** What workloads of a kind have in common: `prefix` is that of their metrics, `label` names one. */
function replicas(prefix: string, label: string): Family[] {
  const labels = named(label);
  return [
    gauge(`${prefix}_spec_replicas`, labels, spec('replicas')),
    gauge(`${prefix}_status_replicas`, labels, count('replicas')),
    gauge(`${prefix}_status_replicas_ready`, labels, count('readyReplicas')),
    gauge(`${prefix}_status_replicas_available`, labels, count('availableReplicas')),
    gauge(`${prefix}_status_replicas_updated`, labels, count('updatedReplicas')),
    gauge(`${prefix}_metadata_generation`, labels, ({ metadata }) => metadata.generation),
    gauge(`${prefix}_status_observed_generation`, labels, ({ status }) => status?.['observedGeneration']),
  ];
}

const job = named('job_name');

/** Conditions of a Job, each a metric of its own. */
function jobCondition(name: string, type: string): Family {
  const all = conditions(name, job);
  return {
    ...{ name, type: 'gauge' },
    samplesOf: (object) =>
      all
        .samplesOf(object)
        .filter(({ labels }) => labels['condition'] === type)
        .map(({ labels: { status = '', ...labels }, value }) => ({ labels: { ...labels, condition: status }, value })),
  };
}

export const workloads: readonly Resource[] = [
  {
    path: '/apis/apps/v1/deployments',
    families: [
      ...replicas('kube_deployment', 'deployment'),
      gauge('kube_deployment_spec_paused', named('deployment'), ({ spec: own }) => own?.['paused'] === true),
      conditions('kube_deployment_status_condition', named('deployment')),
    ],
  },
  { path: '/apis/apps/v1/replicasets', families: [owners('kube_replicaset_owner', named('replicaset'))] },
  { path: '/apis/apps/v1/statefulsets', families: replicas('kube_statefulset', 'statefulset') },
  {
    path: '/apis/batch/v1/jobs',
    families: [
      owners('kube_job_owner', job),
      gauge('kube_job_status_active', job, count('active')),
      gauge('kube_job_status_succeeded', job, count('succeeded')),
      jobCondition('kube_job_failed', 'Failed'),
      jobCondition('kube_job_complete', 'Complete'),
    ],
  },
];
