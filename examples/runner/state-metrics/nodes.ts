import { conditions, gauge, named, type Resource } from './family.ts';

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

const node = named('node');

export const nodes: Resource = {
  path: '/api/v1/nodes',
  families: [
    gauge('kube_node_info', node, () => 1),
    gauge('kube_node_spec_unschedulable', node, ({ spec }) => spec?.['unschedulable'] === true),
    conditions('kube_node_status_condition', node),
    {
      ...{ name: 'kube_node_spec_taint', type: 'gauge' },
      samplesOf: (object) =>
        ((object.spec?.['taints'] ?? []) as readonly Taint[]).map(({ key, value = '', effect }) => ({
          labels: { ...node(object), key, value, effect },
          value: 1,
        })),
    },
  ],
};
