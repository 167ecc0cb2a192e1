const group = 'temporal.io';
const object = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const text = (pattern?: string) => ({ type: 'string', minLength: 1, ...(pattern === undefined ? {} : { pattern }) });
const NAME = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';

const connection = {
  type: 'object',
  required: ['hostPort'],
  properties: {
    hostPort: text('^[a-zA-Z0-9.-]+:[0-9]+$'),
    tls: { type: 'object', properties: { serverName: text('^[a-zA-Z0-9.-]+$') } },
    mutualTLSSecretRef: { type: 'object', required: ['name'], properties: { name: text(NAME) } },
    apiKeySecretRef: { type: 'object', required: ['key'], properties: { name: text(), key: text() } },
  },
  'x-kubernetes-validations': [{ rule: '!(has(self.mutualTLSSecretRef) && has(self.apiKeySecretRef))' }],
};

const workerDeployment = {
  type: 'object',
  required: ['rollout', 'sunset', 'template', 'workerOptions'],
  properties: {
    replicas: { type: 'integer', format: 'int32' },
    workerOptions: {
      type: 'object',
      required: ['connectionRef', 'temporalNamespace'],
      properties: {
        connectionRef: { type: 'object', required: ['name'], properties: { name: text(NAME) } },
        temporalNamespace: text(),
        unsafeCustomBuildID: { ...text('^[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$'), maxLength: 63 },
      },
    },
    rollout: {
      type: 'object',
      required: ['strategy'],
      properties: {
        strategy: { type: 'string', enum: ['Manual', 'AllAtOnce', 'Progressive'] },
        steps: {
          type: 'array',
          maxItems: 20,
          items: {
            type: 'object',
            required: ['pauseDuration', 'rampPercentage'],
            properties: { pauseDuration: text(), rampPercentage: { type: 'integer', minimum: 1, maximum: 99 } },
          },
        },
      },
      'x-kubernetes-validations': [
        { rule: "self.strategy != 'Progressive' || (has(self.steps) && size(self.steps) > 0)" },
      ],
    },
    sunset: { type: 'object', properties: { scaledownDelay: text(), deleteDelay: text() } },
    template: object,
  },
};

/**
 * The kinds of Temporal's worker controller, with what it asks of the fields that the chart sets; a Pod's template is the
 * business of those that make Pods. Source: api/v1alpha1 of temporalio/temporal-worker-controller, v1.8.1.
 */
export const workerControllerCrds = (
  [
    ['Connection', 'connections', connection],
    ['WorkerDeployment', 'workerdeployments', workerDeployment],
  ] as const
).map(([kind, plural, spec]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        ...{ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: object } } },
      },
    ],
  },
}));
