import { type PrometheusServer, startPrometheus, waitFor } from '../../dev/stack/index.ts';

/**
 * Every Deployment that has one replica is in trouble, and its alert fires: so that each change that the bench asks for
 * is one that its alert's source knows of, and one that can be proven.
 */
const RULES = {
  groups: [
    {
      name: 'bench',
      interval: '250ms',
      rules: [
        {
          alert: 'BenchSaturation',
          expr: 'max by (namespace, deployment) (bench_replicas) == 1',
          labels: { severity: 'critical', team: 'bench' },
          annotations: { summary: 'made by the bench' },
        },
      ],
    },
  ],
};

/** Prometheus that scrapes the cluster's replicas several times a second, and evaluates the rule that often. */
export async function startBenchPrometheus(options: {
  readonly binary: { readonly path: string };
  readonly dataDir: string;
  /** `host:port` of the exporter. */
  readonly target: string;
}): Promise<PrometheusServer> {
  const { binary, dataDir, target } = options;
  const config = JSON.stringify({
    global: { scrape_interval: '250ms', scrape_timeout: '250ms', evaluation_interval: '250ms' },
    rule_files: ['bench.rules.yml'],
    scrape_configs: [{ job_name: 'replicas', honor_labels: true, static_configs: [{ targets: [target] }] }],
  });
  return await startPrometheus({ binary, dataDir, config, ruleFiles: { 'bench.rules.yml': JSON.stringify(RULES) } });
}

/** Settles when Prometheus says of so many Deployments that their alert fires. */
export async function untilFiring(
  url: string,
  { prefix, expected }: { prefix: string; expected: number },
): Promise<void> {
  const selector = `ALERTS{alertname="BenchSaturation",alertstate="firing",namespace=~"${prefix}-.*"}`;
  const query = encodeURIComponent(`count(${selector})`);
  await waitFor(
    async () => {
      const response = await fetch(`${url}/api/v1/query?query=${query}`);
      const { data } = (await response.json()) as { data?: { result?: { value: [number, string] }[] } };
      return Number(data?.result?.[0]?.value[1] ?? 0) >= expected;
    },
    { what: 'the alerts of the bench to fire', timeoutMs: 60_000, intervalMs: 100 },
  );
}
