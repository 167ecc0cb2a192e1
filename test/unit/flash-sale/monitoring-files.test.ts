import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  alertmanagerConfig,
  prometheusConfig,
  prometheusRules,
} from '../../../examples/flash-sale/platform/monitoring-config.ts';
import { findServers } from '../../../dev/stack/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const observability = join(root, 'observability');
const read = (...path: string[]) => readFile(join(observability, ...path), 'utf8');

// Looked for, not built: whoever has run the integration tests has them.
const servers = await findServers(['promtool', 'amtool']);
const run = async (tool: 'promtool' | 'amtool', args: string[], cwd?: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(servers.get(tool)!.path, args, { cwd });
  return stdout;
};

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
    const slow = rulesOf(await read('prometheus', 'remediation.rules.yml'));
    expect(fast.map(({ alert }) => alert)).toEqual(['OrderServiceCPUThrottling']);
    expect(fast[0]?.labels).toMatchObject(slow.find(({ alert }) => alert === fast[0]?.alert)?.labels ?? {});
  });

  it.skipIf(!servers.has('promtool'))('fire as they should, by promtool', async () => {
    const cwd = join(observability, 'prometheus');
    expect(await run('promtool', ['test', 'rules', 'remediation.rules.test.yml'], cwd)).toContain('SUCCESS');
  });
});

describe('configurations', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flash-sale-test-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const demoAlertmanager = () =>
    alertmanagerConfig({ webhook: 'http://127.0.0.1:1/w', tokenFile: '/run/token', pager: 'http://127.0.0.1:2/p' });

  it('send to the webhook with the token, and pages to the pager', async () => {
    const { receivers } = parse(await demoAlertmanager()) as { receivers: unknown[] };
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

  it.skipIf(!servers.has('amtool'))('of Alertmanager route as they should, by amtool', async () => {
    const file = join(directory, 'alertmanager.yml');
    await writeFile(file, await demoAlertmanager());
    const route = async (config: string, alertname: string) =>
      (await run('amtool', ['config', 'routes', 'test', `--config.file=${config}`, `alertname=${alertname}`])).trim();
    expect(await route(file, 'OrderServiceCPUThrottling')).toBe('mendloop');
    expect(await route(file, 'RemediationFailed')).toBe('on-call');
    const example = join(observability, 'alertmanager', 'receiver.yml');
    expect(await route(example, 'PodCPUThrottling')).toBe('mendloop');
    expect(await route(example, 'RemediationFailed')).toBe('on-call');
    const held = join(observability, 'alertmanager', 'receiver-held-pages.yml');
    expect(await route(held, 'PodCPUThrottling')).toBe('mendloop,on-call');
    expect(await route(held, 'RemediationFailed')).toBe('on-call');
  });

  it.skipIf(!servers.has('promtool'))('of Prometheus are valid, by promtool', async () => {
    const config = await prometheusConfig('127.0.0.1:9');
    expect(parse(config)).toMatchObject({
      alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:9'] }] }] },
    });
    await writeFile(join(directory, 'prometheus.yml'), config);
    await writeFile(join(directory, 'targets.json'), '[]');
    for (const [name, text] of Object.entries(await prometheusRules())) await writeFile(join(directory, name), text);
    expect(await run('promtool', ['check', 'config', 'prometheus.yml'], directory)).toContain('1 rules found');
  });
});
