import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AlertmanagerServer,
  ensureServers,
  type PrometheusServer,
  startAlertmanager,
  startPrometheus,
  terminalProgress,
} from '../../dev/stack/index.ts';
import type { AlertSource, CheckedAlert } from '../../src/clients/confirm/alert-source.ts';
import { createAlertSource } from '../../src/clients/confirm/create-alert-source.ts';
import { createPrometheusClient, type PrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { SourceCheck } from '../../src/domain/alert/source-check.ts';
import { type Receiver, startReceiver } from '../unit/notifications/http-receiver.ts';

const SOON = { timeout: 60_000, interval: 100 };

/** The trouble there is, by its name and Pod. */
const trouble = new Set<string>();
const exporter = createServer((_, response) => {
  const lines = [...trouble].map((one) => {
    const [name, pod] = one.split(' ');
    return `trouble{name="${name}",namespace="shop \\\\ \\"1\\"",pod="${pod}"} 1`;
  });
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end([...lines, ''].join('\n'));
});

const rule = (name: string, ...more: string[]) =>
  [
    `      - alert: ${name}`,
    `        expr: trouble{name="${name}"} > 0`,
    '        labels: { severity: critical }',
    ...more.map((line) => `        ${line}`),
  ].join('\n');
const rules = [
  'groups:',
  '  - name: trouble',
  '    interval: 1s',
  '    rules:',
  rule('Plain'),
  rule('Waits', 'for: 1h'),
  rule('Lingers', 'keep_firing_for: 1h'),
  '',
].join('\n');

let folder: string;
let receiver: Receiver;
let alertmanager: AlertmanagerServer;
let prometheus: PrometheusServer;
let client: PrometheusClient;
let byPrometheus: AlertSource;
let byAlertmanager: AlertSource;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-confirm-'));
  receiver = await startReceiver();
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  const binaries = await ensureServers(['alertmanager', 'prometheus'], { progress: terminalProgress() });
  alertmanager = await startAlertmanager({
    binary: binaries.alertmanager,
    dataDir: join(folder, 'alertmanager'),
    config: [
      "route: { receiver: mendloop, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 4h }",
      `receivers: [{ name: mendloop, webhook_configs: [{ url: '${receiver.url}' }] }]`,
    ].join('\n'),
  });
  prometheus = await startPrometheus({
    binary: binaries.prometheus,
    dataDir: join(folder, 'prometheus'),
    config: [
      'global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s, external_labels: { region: eu } }',
      `alerting: { alertmanagers: [{ static_configs: [{ targets: ['${new URL(alertmanager.url).host}'] }] }] }`,
      'rule_files: [rules.yml]',
      'scrape_configs:',
      `  - { job_name: exporter, static_configs: [{ targets: ['127.0.0.1:${(exporter.address() as AddressInfo).port}'] }] }`,
    ].join('\n'),
    ruleFiles: { 'rules.yml': rules },
  });
  const config = configSchema.parse({ prometheus: { url: prometheus.url } });
  client = createPrometheusClient(config.prometheus);
  byPrometheus = createAlertSource({ settings: config, prometheus: client });
  const settings = configSchema.parse({ alerts: { confirm: { alertmanager: { url: alertmanager.url } } } });
  byAlertmanager = createAlertSource({ settings, prometheus: client, settleSeconds: 0 });
});

afterAll(async () => {
  // A test that could not even start must say why, not that there is nothing to stop.
  await (byAlertmanager as AlertSource | undefined)?.close();
  await (byPrometheus as AlertSource | undefined)?.close();
  await (client as PrometheusClient | undefined)?.close();
  await (prometheus as PrometheusServer | undefined)?.stop();
  await (alertmanager as AlertmanagerServer | undefined)?.stop();
  await (receiver as Receiver | undefined)?.[Symbol.asyncDispose]();
  exporter.close();
  exporter.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

interface Told extends CheckedAlert {
  readonly status: string;
}

/** The alert as Alertmanager delivers it. */
async function delivered(name: string, pod: string): Promise<Told> {
  const find = () =>
    receiver.received
      .flatMap(({ body }) => (JSON.parse(body) as { alerts: Told[] }).alerts)
      .find(({ labels, status }) => labels['alertname'] === name && labels['pod'] === pod && status === 'firing');
  await expect.poll(find, SOON).toBeDefined();
  return find()!;
}

const statusOf = async (source: AlertSource, alert: CheckedAlert, patienceMs = 4000): Promise<SourceCheck['status']> =>
  (await source.check(alert, { patienceMs })).status;

describe('an alert of a real Prometheus, through a real Alertmanager', { timeout: 120_000 }, () => {
  it('fires at its source when it comes, although it has labels that Prometheus does not store', async () => {
    trouble.add('Plain one');
    const alert = await delivered('Plain', 'one');
    expect(alert.labels).toMatchObject({ region: 'eu', namespace: 'shop \\ "1"' });
    expect(await statusOf(byPrometheus, alert)).toBe('firing');
    expect(await statusOf(byAlertmanager, alert)).toBe('firing');
  });

  it('is not another one: of another Pod, with more, or with a fingerprint that is not its own', async () => {
    trouble.add('Plain one');
    const alert = await delivered('Plain', 'one');
    const other = { ...alert, labels: { ...alert.labels, pod: 'two' } };
    expect(await byPrometheus.check(other, { patienceMs: 0 })).toMatchObject({
      status: 'not_firing',
      asked: 'ALERTS{alertname="Plain",alertstate="firing"}',
    });
    expect(await statusOf(byAlertmanager, other, 0)).toBe('not_firing');
    expect(await statusOf(byAlertmanager, { ...alert, fingerprint: 'ffffffffffffffff' }, 0)).toBe('not_firing');
    expect(await statusOf(byAlertmanager, { ...alert, labels: { ...alert.labels, more: 'x' } }, 0)).toBe('not_firing');

    const settings = configSchema.parse({ alerts: { confirm: { externalLabels: ['region'] } } });
    const strict = createAlertSource({ settings, prometheus: client });
    expect(await statusOf(strict, alert)).toBe('firing');
    expect(await statusOf(strict, { ...alert, labels: { ...alert.labels, more: 'x' } }, 0)).toBe('not_firing');
    await strict.close();
  });

  it('is asked for with labels that a question must not be changed by', async () => {
    for (const value of [
      'a"b\\c\n{}',
      '.*',
      'nul\u0000',
      'right\u202eto left',
      '😀'.repeat(300),
      '"} or vector(1) #',
    ]) {
      const hostile = { labels: { alertname: 'Plain', pod: value }, fingerprint: '0123456789abcdef' };
      expect(await statusOf(byPrometheus, hostile, 0)).toBe('not_firing');
      expect(await statusOf(byAlertmanager, hostile, 0)).toBe('not_firing');
    }
  });

  it('does not fire any more when its trouble is over', async () => {
    trouble.add('Plain gone');
    const alert = await delivered('Plain', 'gone');
    trouble.delete('Plain gone');
    await expect.poll(() => statusOf(byPrometheus, alert, 0), SOON).toBe('not_firing');
    await expect.poll(() => statusOf(byAlertmanager, alert, 0), SOON).toBe('not_firing');
  });

  it('fires while `keep_firing_for` keeps it', async () => {
    trouble.add('Lingers one');
    const alert = await delivered('Lingers', 'one');
    trouble.delete('Lingers one');
    await expect.poll(async () => (await client.instantQuery('trouble{name="Lingers"}')).result, SOON).toEqual([]);
    expect(await statusOf(byPrometheus, alert)).toBe('firing');
    expect(await statusOf(byAlertmanager, alert)).toBe('firing');
  });

  it('does not fire while it waits for its time', async () => {
    trouble.add('Plain one').add('Waits one');
    const plain = await delivered('Plain', 'one');
    expect(await statusOf(byPrometheus, plain)).toBe('firing'); // Which labels are added is known from here on.
    const alert = { ...plain, labels: { ...plain.labels, alertname: 'Waits', name: 'Waits' } };
    await expect
      .poll(() => byPrometheus.check(alert, { patienceMs: 0 }), SOON)
      .toMatchObject({ status: 'not_firing', text: expect.stringContaining('pending, not firing') as string });
    expect(await statusOf(byAlertmanager, alert, 0)).toBe('not_firing');
  });

  it('that nobody has ever sent does not fire', async () => {
    const forged = { labels: { alertname: 'Forged', pod: 'one' }, fingerprint: '0123456789abcdef' };
    expect(await statusOf(byPrometheus, forged, 500)).toBe('not_firing');
    expect(await statusOf(byAlertmanager, forged, 500)).toBe('not_firing');
  });
});

describe('a source that is away', () => {
  it('says nothing', async () => {
    const alert = await delivered('Plain', 'one');
    await Promise.all([prometheus.stop(), alertmanager.stop()]);
    expect(await statusOf(byPrometheus, alert)).toBe('unknown');
    expect(await statusOf(byAlertmanager, alert)).toBe('unknown');
  });
});
