import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDemoPolicy } from '../../../examples/flash-sale/platform/demo-policy.ts';
import { createKubernetesClient, type KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { createPrometheusClient, type PrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import { configSchema } from '../../../src/config/schema.ts';
import {
  controlPlaneServers,
  ensureServers,
  freePort,
  Stack,
  startCollector,
  startPrometheus,
  terminalProgress,
  waitFor,
} from '../../../dev/stack/index.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { createDeployment, NAMESPACE, SERVICE } from './deployment.ts';
import { mendloopUp, type MendloopUp } from './mendloop-up.ts';
import { startServiceExporter } from './service-exporter.ts';

export interface ObservedRun {
  readonly mendloop: MendloopUp;
  readonly kubernetes: KubernetesClient;
  readonly prometheus: PrometheusClient;
  readonly prometheusUrl: string;
  readonly collectorUrl: string;
  /** Where the Collector writes what it gets, one batch a line. */
  readonly files: { readonly traces: string; readonly logs: string };
  stop(): Promise<void>;
}

/** A secret that the settings hold and that must show up nowhere. */
export const SECRET = randomBytes(24).toString('base64url');

/** Name of the alert that fires while the service is throttled: Mendloop acts on none that its source does not know. */
export const ALERT = 'OrderServiceCPUThrottling';

const alertRules = {
  groups: [
    {
      name: 'flash-sale',
      rules: [
        {
          alert: ALERT,
          expr: `avg by (namespace) (rate(container_cpu_cfs_throttled_seconds_total{pod=~"${SERVICE}-.*"}[5s])) > 0.15`,
          labels: { severity: 'critical', service: SERVICE },
        },
      ],
    },
  ],
};

const observability = join(packageRoot(), 'observability');

/**
 * All real: Mendloop as `mendloop up` starts it, with Temporal and a Kubernetes control plane; Prometheus that scrapes
 * it and a service; a Collector with the configuration that comes with Mendloop, which writes to files as well.
 */
export async function startObservedRun(): Promise<ObservedRun> {
  const servers = await ensureServers(['temporal', 'opa', 'prometheus', 'otelcol', ...controlPlaneServers], {
    progress: terminalProgress(),
  });
  const directory = await mkdtemp(join(tmpdir(), 'mendloop-observed-'));
  const stack = new Stack();
  stack.add({ stop: () => rm(directory, { recursive: true, force: true }) });
  const files = { traces: join(directory, 'traces.jsonl'), logs: join(directory, 'logs.jsonl') };
  try {
    const port = await freePort();
    const prometheus = stack.add(
      await startPrometheus({
        binary: servers.prometheus,
        dataDir: join(directory, 'prometheus'),
        port,
        config: prometheusConfig(port, []),
        args: ['--enable-feature=exemplar-storage', '--web.enable-remote-write-receiver'],
      }),
    );
    const collector = stack.add(
      await startCollector({
        binary: servers.otelcol,
        dataDir: directory,
        configFiles: [
          join(observability, 'collector', 'collector.yaml'),
          await writeFileExporters(join(directory, 'files.yaml'), files),
        ],
        env: { PROMETHEUS_REMOTE_WRITE_URL: `${prometheus.url}/api/v1/write` },
      }),
    );
    const tokenFile = join(directory, 'token');
    await writeFile(tokenFile, SECRET);
    const mendloop = stack.add(
      await mendloopUp({
        directory,
        config: {
          api: { port: 0, webhookToken: { file: tokenFile } },
          targets: { namespaces: [NAMESPACE] },
          prometheus: { url: prometheus.url },
          policy: { bundle: await buildDemoPolicy({ opa: servers.opa.path, directory }) },
          cost: { budgets: { default: { daily: 1000, scope: 'namespace' } } },
        },
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.httpUrl, OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=test' },
      }),
    );
    const config = configSchema.parse({
      kubernetes: { kubeconfig: mendloop.kubeconfig },
      prometheus: { url: prometheus.url },
    });
    const kubernetes = createKubernetesClient(config.kubernetes);
    await createDeployment(kubernetes);
    const exporter = stack.add(await startServiceExporter({ kubernetes, namespace: NAMESPACE, deployment: SERVICE }));
    await prometheus.reload({
      config: prometheusConfig(port, [
        { job_name: 'mendloop', static_configs: [{ targets: [new URL(mendloop.metrics).host] }] },
        { job_name: 'cluster', static_configs: [{ targets: [exporter.address] }] },
      ]),
      ruleFiles: { 'alerts.rules.json': JSON.stringify(alertRules) },
    });
    const client = createPrometheusClient(config.prometheus);
    stack.add({ stop: () => client.close() });
    await waitFor(async () => (await sizeOf(client, 'up == 1')) === 3, { what: 'three targets', timeoutMs: 60_000 });
    return {
      ...{ mendloop, kubernetes, prometheus: client, prometheusUrl: prometheus.url, files },
      collectorUrl: collector.httpUrl,
      stop: () => stack.stop(),
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function sizeOf(client: PrometheusClient, expr: string): Promise<number> {
  const answer = await client.instantQuery(expr);
  return answer.resultType === 'vector' ? answer.result.length : 0;
}

function prometheusConfig(port: number, more: readonly object[]): string {
  return JSON.stringify({
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
    rule_files: ['*.rules.json'],
    scrape_configs: [{ job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }, ...more],
  });
}

/** Over the Collector's own configuration: there is no Jaeger and no Loki here. */
async function writeFileExporters(path: string, files: ObservedRun['files']): Promise<string> {
  const overlay = {
    exporters: {
      'file/traces': { path: files.traces, flush_interval: '100ms' },
      'file/logs': { path: files.logs, flush_interval: '100ms' },
    },
    processors: { batch: { timeout: '200ms' } },
    service: {
      pipelines: { traces: { exporters: ['file/traces'] }, logs: { exporters: ['file/logs'] } },
    },
  };
  await writeFile(path, JSON.stringify(overlay));
  return path;
}
