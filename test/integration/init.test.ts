import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { receiversOf } from '../../src/clients/notifications/alertmanager/routing.ts';
import type { LoadedConfig } from '../../src/clients/notifications/alertmanager/loaded-config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { packageRoot } from '../../src/local/package-root.ts';

let folder: string;

async function mendloop(...args: string[]): Promise<string> {
  const main = join(packageRoot(), 'src', 'cli', 'main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { cwd: folder });
  return stdout;
}
const read = (path: string) => readFile(join(folder, path), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-init-'));
  await mendloop(
    'init',
    '--yes',
    '--prometheus',
    'http://prometheus.monitoring:9090/',
    '--webhook',
    'http://m:8080/webhooks/alertmanager',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('writes settings that hold what was given, and what was not as usual', () => {
  const config = loadConfig({ path: join(folder, 'mendloop.yaml') });
  expect(config.prometheus.url).toBe('http://prometheus.monitoring:9090');
  expect(config.alerts.confirm.alertmanager?.url).toBe('http://127.0.0.1:9093');
});

it('writes a token for its owner alone, never into the settings', async () => {
  const token = (await read('webhook-token')).trim();
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect((await stat(join(folder, 'webhook-token'))).mode & 0o077).toBe(0);
  for (const file of ['mendloop.yaml', 'alertmanager-receiver.yml']) expect(await read(file)).not.toContain(token);
});

it('writes a receiver that the route leads to, with the webhook and its token', async () => {
  const config = parse(await read('alertmanager-receiver.yml')) as LoadedConfig;
  expect(receiversOf(config, { alertname: 'PodMemoryHigh' })).toEqual(['mendloop']);
  expect(receiversOf(config, { alertname: 'Watchdog' })).not.toContain('mendloop');
  expect(config.receivers[0]?.webhook_configs).toMatchObject([
    { url: 'http://m:8080/webhooks/alertmanager', http_config: { authorization: { type: 'Bearer' } } },
  ]);
});

it('writes the alert that its rule answers, as Prometheus takes it: by the Deployment of a Pod', async () => {
  const { promtool } = await ensureServers(['promtool'], { progress: terminalProgress() });
  const check = async (...args: string[]) => (await promisify(execFile)(promtool.path, args, { cwd: folder })).stdout;
  expect(await check('check', 'rules', 'prometheus-rule.yml')).toContain('SUCCESS: 1 rules found');
  const series = (metric: string, pod: string, value: number) => ({
    series: `${metric}{namespace="shop",pod="${pod}",container="main"}`,
    values: `${value}x9`,
  });
  const [full, unlimited, set] = ['api-7d9c5b8f64-x2x9k', 'web-6f5b9c7d4d-9q8zt', 'db-0'];
  const used = 'container_memory_working_set_bytes';
  const limit = 'container_spec_memory_limit_bytes';
  const expected = { severity: 'warning', namespace: 'shop', deployment: 'api' };
  const summary = 'A Pod of shop/api is short of memory.';
  await writeFile(
    join(folder, 'alert_test.yml'),
    stringify({
      rule_files: ['prometheus-rule.yml'],
      tests: [
        {
          interval: '1m',
          input_series: [
            ...[series(used, full, 90), series(limit, full, 100)],
            ...[series(used, unlimited, 90), series(limit, unlimited, 0)],
            ...[series(used, set, 90), series(limit, set, 100)],
          ],
          alert_rule_test: [
            {
              ...{ eval_time: '5m', alertname: 'PodMemoryHigh' },
              exp_alerts: [{ exp_labels: expected, exp_annotations: { summary } }],
            },
          ],
        },
      ],
    }),
  );
  expect(await check('test', 'rules', 'alert_test.yml')).toContain('SUCCESS');
});

it('writes a policy that passes its test, has no fault, and decides by its rule', async () => {
  expect(await mendloop('policy', 'test', 'policy')).toContain('PASS');
  await mendloop('policy', 'build', 'policy', '--output', 'policy.tar.gz');
  const alert = { labels: { alertname: 'PodMemoryHigh', namespace: 'shop', deployment: 'api' } };
  const main = join(packageRoot(), 'src', 'cli', 'main.ts');
  const asked = promisify(execFile)(process.execPath, [main, 'explain', '-', '--no-guards'], { cwd: folder });
  asked.child.stdin?.end(JSON.stringify(alert));
  expect((await asked).stdout).toMatch(/observe[\s\S]*pod_memory_high/);
});

it('overwrites nothing', async () => {
  const before = await read('webhook-token');
  await expect(mendloop('init', '--yes')).rejects.toThrow('is there already: nothing was written');
  expect(await read('webhook-token')).toBe(before);
});

it('refuses what is no URL, by its option', async () => {
  await expect(mendloop('init', 'elsewhere', '--yes', '--prometheus', 'prometheus:9090')).rejects.toThrow(
    'invalid --prometheus',
  );
});
