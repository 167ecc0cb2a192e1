import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ensureServers, type ServerBinary, terminalProgress } from '../../dev/stack/index.ts';
import {
  alertmanagerConfig,
  prometheusConfig,
  prometheusRules,
} from '../../examples/flash-sale/platform/monitoring-config.ts';
import { packageRoot } from '../../src/local/package-root.ts';

const observability = join(packageRoot(), 'observability');

let tools: Record<'promtool' | 'amtool', ServerBinary>;
let directory: string;
beforeAll(async () => {
  tools = await ensureServers(['promtool', 'amtool'], { progress: terminalProgress() });
  directory = await mkdtemp(join(tmpdir(), 'mendloop-monitoring-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function run(tool: 'promtool' | 'amtool', args: string[], cwd?: string): Promise<string> {
  return (await promisify(execFile)(tools[tool].path, args, { cwd })).stdout;
}

describe('rule files', () => {
  it('fire as they should, by promtool', async () => {
    const cwd = join(observability, 'prometheus');
    expect(await run('promtool', ['test', 'rules', 'remediation.rules.test.yml'], cwd)).toContain('SUCCESS');
    const demo = join(cwd, 'demo');
    expect(await run('promtool', ['test', 'rules', 'order-service.rules.test.yml'], demo)).toContain('SUCCESS');
  });
});

describe('configurations', () => {
  it('of Alertmanager route as they should, by amtool', async () => {
    const file = join(directory, 'alertmanager.yml');
    const addresses = { webhook: 'http://127.0.0.1:1/w', pager: 'http://127.0.0.1:2/p' };
    await writeFile(file, await alertmanagerConfig({ ...addresses, tokenFile: '/run/token' }));
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

  it('of Prometheus are valid, by promtool', async () => {
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
