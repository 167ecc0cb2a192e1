import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/local/package-root.ts';
import { at, CHART_FOLDER } from '../../support/chart/helm.ts';

const snippet: unknown = parse(readFileSync(join(CHART_FOLDER, 'examples/kube-prometheus-stack-values.yaml'), 'utf8'));
const defaults: unknown = parse(readFileSync(join(CHART_FOLDER, 'values.yaml'), 'utf8'));

/** Metrics of cAdvisor that policy, rules or dashboards ask for. */
function wantedMetrics(): string[] {
  const root = packageRoot();
  const files = globSync(['policy/**/*.rego', 'policy/**/*.yaml', 'observability/**/*.{yml,json}'], { cwd: root });
  const names = files.flatMap(
    (file) => readFileSync(join(root, file), 'utf8').match(/\bcontainer_[a-z_]+[a-z]\b/g) ?? [],
  );
  return [...new Set(names)].sort();
}

describe('the values for kube-prometheus-stack', () => {
  it('keep every metric of containers that Mendloop asks for', () => {
    const drops = (
      at(snippet, 'kubelet.serviceMonitor.cAdvisorMetricRelabelings') as { sourceLabels: string[]; regex: string }[]
    ).filter(({ sourceLabels }) => sourceLabels.join() === '__name__');
    expect(drops).not.toHaveLength(0);
    const wanted = wantedMetrics();
    expect(wanted).toContain('container_cpu_cfs_throttled_seconds_total');
    // Prometheus anchors the expression at both ends.
    expect(wanted.filter((name) => drops.some(({ regex }) => new RegExp(`^(?:${regex})$`).test(name)))).toEqual([]);
  });

  it('send to the Service that the chart makes, with the Secret that its notes make', () => {
    const notes = readFileSync(join(CHART_FOLDER, 'templates/NOTES.txt'), 'utf8');
    const [, secret = '', keyOfNotes = ''] =
      /create secret generic (\S+) -n monitoring --from-file=(\w+)=/.exec(notes) ?? [];
    const key = String(at(defaults, 'webhook.tokenSecret.key'));
    expect(keyOfNotes).toBe(key);
    expect(at(snippet, 'alertmanager.alertmanagerSpec.secrets')).toContain(secret);
    const webhook = at(snippet, 'alertmanager.config.receivers.1.webhook_configs.0');
    expect(at(webhook, 'url')).toBe('http://mendloop.mendloop.svc:8080/webhooks/alertmanager');
    const file = `/etc/alertmanager/secrets/${secret}/${key}`;
    expect(at(webhook, 'http_config.authorization.credentials_file')).toBe(file);
  });

  it('tell Mendloop of the same alerts as the chart does by an AlertmanagerConfig', () => {
    const value = String(at(defaults, 'monitoring.alertmanagerConfig.matchers.0.value'));
    expect(at(snippet, 'alertmanager.config.route.routes.0.matchers')).toEqual([`alertname !~ "${value}"`]);
  });
});
