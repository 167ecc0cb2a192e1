import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { configSchema } from '../../../src/config/schema.ts';

const read = async (file: string): Promise<string> => await readFile(join(import.meta.dirname, file), 'utf8');

/** `alertmanager.yml` with the addresses and the token of this run. */
export async function alertmanagerSettings(options: {
  readonly webhook: string;
  readonly tokenFile: string;
  readonly pager: string;
}): Promise<string> {
  const settings = parse(await read('alertmanager.yml')) as {
    receivers: [
      { webhook_configs: [{ url: string; http_config: { authorization: { credentials_file: string } } }] },
      { webhook_configs: [{ url: string }] },
    ];
  };
  const [mendloop, onCall] = settings.receivers;
  mendloop.webhook_configs[0].url = options.webhook;
  mendloop.webhook_configs[0].http_config.authorization.credentials_file = options.tokenFile;
  onCall.webhook_configs[0].url = options.pager;
  return stringify(settings);
}

/** `prometheus.yml` with this run's Alertmanager and exporter of the cluster's state (`host:port`). */
export async function prometheusSettings(options: {
  readonly alertmanager: string;
  readonly stateMetrics: string;
}): Promise<string> {
  const settings = parse(await read('prometheus.yml')) as {
    alerting: { alertmanagers: [{ static_configs: [{ targets: string[] }] }] };
    scrape_configs: [{ static_configs: [{ targets: string[] }] }];
  };
  settings.alerting.alertmanagers[0].static_configs[0].targets = [options.alertmanager];
  settings.scrape_configs[0].static_configs[0].targets = [options.stateMetrics];
  return stringify(settings);
}

/** `mendloop.yaml` of a run. */
export function mendloopSettings(options: {
  readonly port: number;
  readonly tokenFile: string;
  readonly kubeconfig: string;
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly policyBundle: string;
}): string {
  const settings = {
    api: { port: options.port, webhookToken: { file: options.tokenFile } },
    kubernetes: { kubeconfig: options.kubeconfig },
    targets: { namespaces: ['*'], nodes: ['*'] },
    prometheus: { url: options.prometheusUrl },
    policy: { bundle: options.policyBundle },
    // One example after the other, each with all of its workloads or nodes: what bounds a real cluster would stop the second.
    guards: { maxConcurrent: 100, maxActionsPerHour: 1000, blastRadius: { percent: 100, windowSeconds: 1 } },
    notifications: {
      channels: { 'on-call': { type: 'alertmanager', endpoint: { url: options.alertmanagerUrl } } },
    },
  };
  configSchema.parse(settings);
  return stringify(settings);
}
