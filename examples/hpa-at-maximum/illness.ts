import { dirname, join } from 'node:path';
import { waitFor } from '../../dev/stack/index.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { asExpected } from '../runner/workload.ts';
import { MetricsApi } from './metrics-api.ts';

const AUTOSCALER = '/apis/autoscaling/v2/namespaces/hpa-at-maximum/horizontalpodautoscalers/orders';
const API_SERVICE = '/apis/apiregistration.k8s.io/v1/apiservices';
const NAME = 'v1beta1.external.metrics.k8s.io';

interface Autoscaler {
  readonly spec: { readonly maxReplicas: number };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const apis = new WeakMap<Here, MetricsApi>();

const autoscaler = ({ cluster }: Here) => cluster.get<Autoscaler>(AUTOSCALER);

/** The API server asks this process for external metrics; settles when the autoscaler has had its first answer. */
async function serveMetrics(here: Here): Promise<void> {
  const { cluster, namespace, stack, signal } = here;
  const api = stack.add(await MetricsApi.start(join(dirname(cluster.plane.kubeconfigPath), 'pki')));
  apis.set(here, api);
  await cluster.create(API_SERVICE, {
    metadata: { name: NAME },
    spec: {
      ...{ group: 'external.metrics.k8s.io', version: 'v1beta1', insecureSkipTLSVerify: true },
      ...{ groupPriorityMinimum: 100, versionPriority: 100 },
      service: { namespace, name: 'metrics', port: api.port },
    },
  });
  // Before the process ends: with an API that does not answer no namespace can be deleted.
  stack.add({ stop: () => cluster.remove(`${API_SERVICE}/${NAME}`) });
  const isScaling = async () =>
    (await autoscaler(here)).status?.conditions?.some(
      ({ type, status }) => type === 'ScalingActive' && status === 'True',
    ) === true;
  await waitFor(isScaling, { what: 'the autoscaler to measure', timeoutMs: 60_000, signal });
}

export const illness: Illness = {
  story: 'an autoscaler stands at its maximum and wants more: the maximum is raised by a step',
  actions: ['raise_hpa_max'],
  prepare: serveMetrics,
  fault: {
    text: 'Sixty orders wait, ten of which a Pod can take on: the autoscaler may have four Pods',
    bring: (here) => {
      const api = apis.get(here);
      if (api !== undefined) api.waiting = 60;
      return Promise.resolve();
    },
  },
  expected: { outcome: 'remediated', action: 'raise_hpa_max', paged: false },
  look: async (here) => {
    const { spec, status } = await autoscaler(here);
    return asExpected(
      spec.maxReplicas === 8 && status?.currentReplicas === 6,
      `the maximum is ${spec.maxReplicas}, ${status?.currentReplicas} Pods run`,
    );
  },
};
