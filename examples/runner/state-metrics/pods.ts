import { parseQuantity } from '../../../src/domain/cost/quantity.ts';
import { conditions, type Family, named, owners, type Resource, type Sample, type StateObject } from './family.ts';

interface ContainerState {
  readonly waiting?: { readonly reason?: string };
  readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  readonly running?: object;
}

interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly ready?: boolean;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerSpec {
  readonly name: string;
  readonly resources?: Readonly<Record<'limits' | 'requests', Readonly<Record<string, string>> | undefined>>;
}

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

const podLabels = (pod: StateObject) => ({ ...named('pod')(pod), uid: pod.metadata.uid ?? '' });

/** A metric of each container of a Pod by its status. */
function ofContainers(
  name: string,
  valueOf: (status: ContainerStatus) => readonly (readonly [Readonly<Record<string, string>>, number])[],
  type: Family['type'] = 'gauge',
): Family {
  return {
    ...{ name, type },
    samplesOf: (pod) =>
      ((pod.status?.['containerStatuses'] ?? []) as readonly ContainerStatus[]).flatMap((status) =>
        valueOf(status).map(([labels, value]): Sample => ({
          labels: { ...podLabels(pod), container: status.name, ...labels },
          value,
        })),
      ),
  };
}

function resources(of: 'limits' | 'requests'): Family {
  return {
    ...{ name: `kube_pod_container_resource_${of}`, type: 'gauge' },
    samplesOf: (pod) =>
      ((pod.spec?.['containers'] ?? []) as readonly ContainerSpec[]).flatMap(({ name, resources }) =>
        Object.entries(resources?.[of] ?? {}).map(([resource, quantity]) => ({
          labels: { ...podLabels(pod), container: name, resource, unit: resource === 'cpu' ? 'core' : 'byte' },
          value: parseQuantity(quantity),
        })),
      ),
  };
}

const reasonOf = (reason: string | undefined) => (reason === undefined ? [] : ([[{ reason }, 1]] as const));

const ready = conditions('kube_pod_status_condition', podLabels);

export const pods: Resource = {
  path: '/api/v1/pods',
  families: [
    {
      ...{ name: 'kube_pod_info', type: 'gauge' },
      samplesOf: (pod) => {
        const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
        const node = (pod.spec?.['nodeName'] as string | undefined) ?? '';
        const by = { created_by_kind: owner?.kind ?? '', created_by_name: owner?.name ?? '' };
        return [{ labels: { ...podLabels(pod), node, ...by }, value: 1 }];
      },
    },
    owners('kube_pod_owner', podLabels),
    {
      ...{ name: 'kube_pod_status_phase', type: 'gauge' },
      samplesOf: (pod) =>
        PHASES.map((phase) => ({
          labels: { ...podLabels(pod), phase },
          value: Number(pod.status?.['phase'] === phase),
        })),
    },
    {
      ...{ name: 'kube_pod_status_ready', type: 'gauge' },
      samplesOf: (pod) => conditionSamples(pod, 'Ready'),
    },
    {
      ...{ name: 'kube_pod_status_scheduled', type: 'gauge' },
      samplesOf: (pod) => conditionSamples(pod, 'PodScheduled'),
    },
    {
      ...{ name: 'kube_pod_status_unschedulable', type: 'gauge' },
      samplesOf: (pod) =>
        ((pod.status?.['conditions'] ?? []) as readonly { type: string; reason?: string }[])
          .filter(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable')
          .map(() => ({ labels: podLabels(pod), value: 1 })),
    },
    ofContainers('kube_pod_container_status_ready', (status) => [[{}, Number(status.ready === true)]]),
    ofContainers('kube_pod_container_status_restarts_total', ({ restartCount = 0 }) => [[{}, restartCount]], 'counter'),
    ofContainers('kube_pod_container_status_waiting_reason', ({ state }) => reasonOf(state?.waiting?.reason)),
    ofContainers('kube_pod_container_status_terminated_reason', ({ state }) => reasonOf(state?.terminated?.reason)),
    ofContainers('kube_pod_container_status_last_terminated_reason', ({ lastState }) =>
      reasonOf(lastState?.terminated?.reason),
    ),
    resources('limits'),
    resources('requests'),
  ],
};

/** Of one condition, under the label `condition`, as kube-state-metrics has it for Pods. */
function conditionSamples(pod: StateObject, type: string): readonly Sample[] {
  return ready
    .samplesOf(pod)
    .filter(({ labels }) => labels['condition'] === type)
    .map(({ labels: { status = '', ...labels }, value }) => ({ labels: { ...labels, condition: status }, value }));
}
