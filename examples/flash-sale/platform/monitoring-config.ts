import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

const EXAMPLE = join(import.meta.dirname, '..');

/** `alertmanager/alertmanager.yml` with the addresses and the token of this run. */
export async function alertmanagerConfig(options: {
  readonly webhook: string;
  readonly tokenFile: string;
  readonly pager: string;
}): Promise<string> {
  const document = parseDocument(await readFile(join(EXAMPLE, 'alertmanager', 'alertmanager.yml'), 'utf8'));
  const mendloop = ['receivers', 0, 'webhook_configs', 0];
  document.setIn([...mendloop, 'url'], options.webhook);
  document.setIn([...mendloop, 'http_config', 'authorization', 'credentials_file'], options.tokenFile);
  document.setIn(['receivers', 1, 'webhook_configs', 0, 'url'], options.pager);
  return document.toString();
}

/** `prometheus/prometheus.yml` with this run's Alertmanager (`host:port`). */
export async function prometheusConfig(alertmanager: string): Promise<string> {
  const document = parseDocument(await readFile(join(EXAMPLE, 'prometheus', 'prometheus.yml'), 'utf8'));
  document.setIn(['alerting', 'alertmanagers', 0, 'static_configs', 0, 'targets'], [alertmanager]);
  return document.toString();
}

/** Rule files by the name under which `prometheus/prometheus.yml` knows them. */
export async function prometheusRules(): Promise<Record<string, string>> {
  const name = 'flash-sale.rules.yml';
  return { [name]: await readFile(join(EXAMPLE, 'prometheus', name), 'utf8') };
}
