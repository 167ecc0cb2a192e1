import { freePort, type PrometheusServer, startPrometheus, waitFor } from '../../dev/stack/index.ts';

/** What the objective in `bench.rego` is made of; known after a few scrapes. */
const PROBE = 'sum(rate(prometheus_http_request_duration_seconds_bucket{handler="/metrics"}[1s]))';

/** Prometheus that scrapes itself, several times within the one-second windows of `bench.rego`. Settles when it knows. */
export async function startOwnPrometheus(options: {
  readonly binary: { readonly path: string };
  readonly dataDir: string;
}): Promise<PrometheusServer> {
  const port = await freePort();
  const config = JSON.stringify({
    global: { scrape_interval: '250ms', scrape_timeout: '250ms' },
    scrape_configs: [{ job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
  });
  const server = await startPrometheus({ ...options, config, port });
  try {
    await waitFor(() => knows(server.url), { what: 'Prometheus to know of itself', timeoutMs: 30_000 });
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function knows(url: string): Promise<boolean> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(PROBE)}`);
  const { data } = (await response.json()) as { data?: { result?: unknown[] } };
  return (data?.result ?? []).length > 0;
}
