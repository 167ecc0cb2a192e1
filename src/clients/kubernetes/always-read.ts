import type { Permission } from '../../domain/actions/contract.ts';

type Read = Permission & { readonly why: string };

/** What Mendloop reads whatever it may do, with the reason for each. `files/reads.yaml` of the chart is made of it. */
export const ALWAYS_READ: readonly Read[] = [
  {
    why: "What an alert's labels point at, and the Pods whose requests a budget adds up.",
    ...{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], scope: 'namespaced' },
  },
  {
    why: 'The chain of controllers; listed: the workloads of a namespace that a blast radius is a share of.',
    ...{ apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['get', 'list'], scope: 'namespaced' },
  },
  {
    why: 'The same, between a Pod and its Deployment; listed: the Pods of a Deployment, whose restarts tell whether it is cured.',
    ...{ apiGroups: ['apps'], resources: ['replicasets'], verbs: ['get', 'list'], scope: 'namespaced' },
  },
  {
    why: 'Whether conditions hold by which a cure is proven.',
    ...{ apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['get'], scope: 'namespaced' },
  },
  {
    why: 'The same, of Jobs.',
    ...{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['get'], scope: 'namespaced' },
  },
  {
    why: 'The same, of claims.',
    ...{ apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get'], scope: 'namespaced' },
  },
  {
    why: 'Whether a namespace is opted in, and whose it is; the Pods behind Temporal and the store, which are never touched.',
    ...{ apiGroups: [''], resources: ['namespaces', 'services'], verbs: ['get'], scope: 'namespaced' },
  },
  {
    why: "Who moves a workload's replicas.",
    ...{
      apiGroups: ['autoscaling'],
      resources: ['horizontalpodautoscalers'],
      verbs: ['get', 'list'],
      scope: 'namespaced',
    },
  },
];

/** What budgets by the price table read beyond that, where they are a team's or the cluster's. Of the same file. */
export const BUDGET_READS: readonly Read[] = [
  {
    why: "Budgets of a team or of the whole cluster: the Pods of all namespaces, and which namespaces are that team's.",
    ...{ apiGroups: [''], resources: ['pods', 'namespaces'], verbs: ['list'], scope: 'cluster' },
  },
];
