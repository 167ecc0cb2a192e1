import type { KubernetesClient } from '../../../clients/kubernetes/kubernetes-client.ts';
import type { PrometheusClient } from '../../../clients/prometheus/prometheus-client.ts';
import { parseQuantity } from '../../../domain/cost/quantity.ts';
import { defined } from '../../../domain/defined.ts';
import { describeConsumers, type PodUsage } from '../../../domain/diagnosis/describe-consumers.ts';
import { MendloopError } from '../../../domain/failures.ts';
import { quote } from '../../../domain/query/promql-literal.ts';
import type { DiagnosisStep } from '../step.ts';

/** Source: Kubernetes, `metrics.k8s.io/v1beta1` PodMetrics. */
interface PodMetrics {
  readonly metadata: { readonly name: string };
  readonly containers: readonly { readonly usage?: { readonly cpu?: string; readonly memory?: string } }[];
}

/** What uses most of the namespace: by the metrics API where it is served, by Prometheus where it is not. */
export const consumers: DiagnosisStep = async ({ kubernetes, prometheus, target, signal }) => {
  const namespace = target.kind === 'Namespace' ? target.name : target.namespace;
  if (namespace === '') return { lines: [] };
  const served = await byMetricsApi(kubernetes, namespace);
  if (served !== undefined) return describeConsumers(served, 'the metrics API');
  return describeConsumers(await byPrometheus(prometheus, namespace, signal), 'Prometheus');
};

/** Undefined where it is not served: 404, and 503 of one whose server is away. */
async function byMetricsApi(kubernetes: KubernetesClient, namespace: string): Promise<PodUsage[] | undefined> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(namespace)}/pods`;
  try {
    const { items } = await kubernetes.get<{ items: PodMetrics[] }>(path);
    return items.map(({ metadata, containers }) => ({
      pod: metadata.name,
      cpu: containers.reduce((sum, { usage }) => sum + parseQuantity(usage?.cpu ?? '0'), 0),
      memory: containers.reduce((sum, { usage }) => sum + parseQuantity(usage?.memory ?? '0'), 0),
    }));
  } catch (error) {
    const isAway = error instanceof MendloopError && ['TargetNotFound', 'KubernetesUnavailable'].includes(error.type);
    if (isAway) return undefined;
    throw error;
  }
}

async function byPrometheus(prometheus: PrometheusClient, namespace: string, signal: AbortSignal): Promise<PodUsage[]> {
  const of = `{namespace=${quote(namespace)}, container!="", pod!=""}`;
  const [cpu, memory] = await Promise.all(
    [
      `sum by (pod) (rate(container_cpu_usage_seconds_total${of}[2m]))`,
      `sum by (pod) (container_memory_working_set_bytes${of})`,
    ].map(async (expr) => {
      const answer = await prometheus.instantQuery(`topk(5, ${expr})`, { signal });
      return answer.resultType === 'vector' ? answer.result : [];
    }),
  );
  const usages = new Map<string, { cpu?: number | undefined; memory?: number | undefined }>();
  for (const [what, rows] of [
    ['cpu', cpu],
    ['memory', memory],
  ] as const) {
    for (const { metric, value } of rows ?? []) {
      const pod = metric['pod'] ?? '';
      usages.set(pod, { ...usages.get(pod), [what]: value?.value });
    }
  }
  return [...usages].map(([pod, usage]) => ({ pod, ...defined({ cpu: usage.cpu, memory: usage.memory }) }));
}
