import { createPrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import { prometheusSchema } from '../../src/config/schema.ts';
import { type PrometheusServer, startPrometheus, waitFor } from '../../src/stack/index.ts';

/** Several scrapes within the one-second windows of `bench.rego`. */
const CONFIG = `
global: { scrape_interval: 250ms, scrape_timeout: 250ms }
scrape_configs:
  - job_name: prometheus
    static_configs: [{ targets: ['127.0.0.1:PORT'] }]
`;

export async function startSelfScrapingPrometheus(){}
