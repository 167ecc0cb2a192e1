import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import type { Workload } from '../../../src/clients/kubernetes/workload.ts';
import type { Stoppable } from '../../../dev/stack/index.ts';

/** Requests a second that a service serves, and how they fall into the buckets of its latency. */
const RATE = 50;
type Shares = Readonly<Record<string, number>>;
const SLOW: Shares = { '0.1': 0.1, '0.25': 0.4, '0.5': 0.8, '1': 1, '+Inf': 1 };
const FAST: Shares = { '0.1': 0.97, '0.25': 0.99, '0.5': 1, '1': 1, '+Inf': 1 };

/** Replicas with which the sale can be served. */
const ENOUGH = 5;

/**
 * What a cluster shows of one Deployment in a flash sale: its replicas under the names of kube-state-metrics, read from
 * the API server at each scrape; the kubelet's throttling and the service's own latency, which are bad for as long as it
 * has too few; and the latency of its neighbour, which is well all the time.
 */
export async function startServiceExporter(options: {
  readonly kubernetes: KubernetesClient;
  readonly namespace: string;
  readonly deployment: string;
}): Promise<Stoppable & { readonly address: string }> {
  const { kubernetes, namespace, deployment } = options;
  let throttled = 0;
  let last = performance.now();
  const own = requestCounter(deployment);
  const neighbour = requestCounter('catalog');

  async function render(): Promise<string> {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
    const { spec, status } = await kubernetes.get<Workload>(path);
    const wanted = spec?.replicas ?? 0;
    const seconds = (performance.now() - last) / 1000;
    last = performance.now();
    const enough = wanted >= ENOUGH;
    throttled += seconds * (enough ? 0.01 : 0.4);
    const labels = `namespace="${namespace}",deployment="${deployment}"`;
    return [
      '# TYPE kube_deployment_spec_replicas gauge',
      `kube_deployment_spec_replicas{${labels}} ${wanted}`,
      '# TYPE kube_deployment_status_replicas_ready gauge',
      `kube_deployment_status_replicas_ready{${labels}} ${status?.readyReplicas ?? 0}`,
      '# TYPE container_cpu_cfs_throttled_seconds_total counter',
      `container_cpu_cfs_throttled_seconds_total{namespace="${namespace}",pod="${deployment}-a"} ${throttled}`,
      '# TYPE http_request_duration_seconds histogram',
      ...own(seconds, enough ? FAST : SLOW),
      ...neighbour(seconds, FAST),
      '',
    ].join('\n');
  }

  const server = createServer((_request, response) => {
    render().then(
      (text) => response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Counts what one service serves; gives its lines. */
function requestCounter(service: string): (seconds: number, shares: Shares) => string[] {
  const buckets = new Map<string, number>();
  let served = 0;
  return (seconds, shares) => {
    served += seconds * RATE;
    for (const [le, share] of Object.entries(shares)) {
      buckets.set(le, (buckets.get(le) ?? 0) + seconds * RATE * share);
    }
    return [
      ...Array.from(
        buckets,
        ([le, count]) => `http_request_duration_seconds_bucket{service="${service}",le="${le}"} ${count}`,
      ),
      `http_request_duration_seconds_count{service="${service}"} ${served}`,
      `http_request_duration_seconds_sum{service="${service}"} ${served * 0.2}`,
    ];
  };
}
