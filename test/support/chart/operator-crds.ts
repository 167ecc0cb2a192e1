/** Kinds of the Prometheus Operator, as far as a cluster has to know them to store such objects. */
const KINDS = [
  { kind: 'ServiceMonitor', plural: 'servicemonitors', version: 'v1' },
  { kind: 'PrometheusRule', plural: 'prometheusrules', version: 'v1' },
  { kind: 'AlertmanagerConfig', plural: 'alertmanagerconfigs', version: 'v1alpha1' },
] as const;

const group = 'monitoring.coreos.com';

/** CustomResourceDefinitions that take anything: what the Operator asks of an object is asserted by the tests. */
export const operatorCrds = KINDS.map(({ kind, plural, version }) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'unapproved, only for tests' },
  },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}));
