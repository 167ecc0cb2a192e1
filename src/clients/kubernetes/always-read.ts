import type { Permission } from '../../domain/actions/contract.ts';

/** What Mendloop reads whatever it may do, with the reason for each. `files/reads.yaml` of the chart is made of it. */
export const ALWAYS_READ: readonly (Permission & { readonly why: string })[] = [
  {
    why: "What an alert's labels point at, and the Pods whose requests a budget adds up.",
    ...{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], scope: 'namespaced' },
  },
  {
    why: 'The chain of controllers; listed: the workloads of a namespace that a blast radius is a share of.',
    ...{ apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['get', 'list'], scope: 'namespaced' },
  },
  {
    why: 'The same, between a Pod and its Deployment.',
    ...{ apiGroups: ['apps'], resources: ['replicasets'], verbs: ['get'], scope: 'namespaced' },
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
