import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertmanagerConfig, prometheusRules } from '../../../examples/flash-sale/platform/monitoring-config.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const observability = join(root, 'observability');
const read = (...path: string[]) => readFile(join(observability, ...path), 'utf8');

describe('rule files', () => {
  it('hold the same rules for the Operator as plain', async () => {
    const plain = parse(await read('prometheus', 'remediation.rules.yml')) as { groups: unknown };
    const operator = parse(await read('prometheus', 'remediation.prometheusrule.yaml')) as {
      apiVersion: string;
      kind: string;
      spec: { groups: unknown };
    };
    expect(operator).toMatchObject({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' });
    expect(operator.spec.groups).toEqual(plain.groups);
  });

  it('give the alert of the example the labels that the default one has', async () => {
    interface Rules {
      groups: { rules: { alert: string; labels: Record<string, string> }[] }[];
    }
    const rulesOf = (text: string) => (parse(text) as Rules).groups.flatMap(({ rules }) => rules);
    const fast = rulesOf((await prometheusRules())['flash-sale.rules.yml'] ?? '');
    const slow = rulesOf(await read('prometheus', 'demo', 'order-service.rules.yml'));
    expect(fast.map(({ alert }) => alert)).toEqual(['OrderServiceCPUThrottling']);
    expect(fast[0]?.labels).toMatchObject(slow.find(({ alert }) => alert === fast[0]?.alert)?.labels ?? {});
  });

  it('that are to be imported speak of nothing that only the demo has', async () => {
    for (const folder of ['prometheus', 'alertmanager', 'grafana/dashboards']) {
      for (const entry of await readdir(join(observability, folder), { withFileTypes: true })) {
        if (!entry.isFile() || entry.name.endsWith('.test.yml')) continue;
        expect(await read(folder, entry.name)).not.toMatch(/order.?service|flash.?sale/i);
      }
    }
  });

  it('ask of containers, not of the sum that cAdvisor tells of the whole Pod', async () => {
    interface Rules {
      groups: { rules: { alert: string; expr: string }[] }[];
    }
    const { groups } = parse(await read('prometheus', 'remediation.rules.yml')) as Rules;
    for (const { expr } of groups.flatMap(({ rules }) => rules)) {
      for (const [selector] of expr.matchAll(/container_\w+(?:\{[^}]*\})?/g))
        expect(selector).toContain('container!=""');
    }
  });
});

describe('configurations', () => {
  it('send to the webhook with the token, and pages to the pager', async () => {
    const text = await alertmanagerConfig({
      ...{ webhook: 'http://127.0.0.1:1/w', tokenFile: '/run/token', pager: 'http://127.0.0.1:2/p' },
    });
    const { receivers } = parse(text) as { receivers: unknown[] };
    expect(receivers).toMatchObject([
      {
        name: 'mendloop',
        webhook_configs: [
          {
            url: 'http://127.0.0.1:1/w',
            send_resolved: true,
            http_config: { authorization: { credentials_file: '/run/token' } },
          },
        ],
      },
      { name: 'on-call', webhook_configs: [{ url: 'http://127.0.0.1:2/p', send_resolved: false }] },
    ]);
  });
});
