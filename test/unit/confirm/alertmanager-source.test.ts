import { describe, expect, it, onTestFinished } from 'vitest';
import type { CheckOptions } from '../../../src/clients/confirm/alert-source.ts';
import { createAlertSource } from '../../../src/clients/confirm/create-alert-source.ts';
import { createPrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import { confirmingAlertmanager } from '../../../src/config/alerts-schema.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { type Answer, startReceiver } from '../notifications/http-receiver.ts';

const labels = { alertname: 'HighLatency', pod: 'orders-1' };
const alert = { labels, fingerprint: '0123456789abcdef' };
const startsAt = '2026-01-01T00:00:00.000Z';
const known = { ...alert, startsAt, status: { state: 'suppressed', silencedBy: ['x'] } };

const json = (content: unknown): Answer => ({ status: 200, body: JSON.stringify(content) });
const longAgo = '2020-01-01T00:00:00.000Z';

async function setUp(
  alerts: unknown[],
  { uptime = longAgo, settings = {} }: { uptime?: string; settings?: object } = {},
) {
  const server = await startReceiver(({ url }) => json(url.startsWith('/api/v2/status') ? { uptime } : alerts));
  const config = configSchema.parse({
    alerts: { confirm: { alertmanager: { url: server.url }, ...settings } },
    prometheus: { url: 'http://127.0.0.1:1' },
  });
  const prometheus = createPrometheusClient(config.prometheus);
  const source = createAlertSource({ settings: config, prometheus });
  onTestFinished(async () => {
    await source.close();
    await prometheus.close();
    await server[Symbol.asyncDispose]();
  });
  const check = (of = alert, options: CheckOptions = { patienceMs: 0 }) => source.check(of, options);
  return { check, server, alerts };
}

describe('the Alertmanager of the settings', () => {
  it('is asked by the labels where there is one, and an alert that it silences fires too', async () => {
    const { check, server } = await setUp([{ ...known, fingerprint: 'ffffffffffffffff' }, known]);
    expect(await check()).toEqual({
      status: 'firing',
      source: 'alertmanager',
      text: `Alertmanager has the alert firing since ${startsAt}`,
    });
    const [asked, ...more] = server.received.map(({ url }) => new URL(url, server.url));
    expect(more).toEqual([]);
    expect(asked?.pathname).toBe('/api/v2/alerts');
    expect(asked?.searchParams.getAll('filter')).toEqual(['alertname="HighLatency"', 'pod="orders-1"']);
  });

  it('is that of the pages where there is no other', () => {
    const pages = { notifications: { holdPages: { endpoint: { url: 'http://pages' } } } };
    expect(confirmingAlertmanager(configSchema.parse(pages))?.url).toBe('http://pages');
    const both = { ...pages, alerts: { confirm: { alertmanager: { url: 'http://asked' } } } };
    expect(confirmingAlertmanager(configSchema.parse(both))?.url).toBe('http://asked');
    expect(confirmingAlertmanager(configSchema.parse({}))).toBeUndefined();
  });

  it.each<[string, unknown[]]>([
    ['nothing', []],
    ['another fingerprint', [{ ...known, fingerprint: 'ffffffffffffffff' }]],
    ['the fingerprint with another label', [{ ...known, labels: { ...labels, pod: 'orders-2' } }]],
    ['the fingerprint with more labels', [{ ...known, labels: { ...labels, container: 'app' } }]],
    ['the fingerprint with fewer labels', [{ ...known, labels: { alertname: 'HighLatency' } }]],
  ])('knows %s: the alert does not fire', async (_, alerts) => {
    const { check } = await setUp(alerts);
    expect(await check()).toEqual({
      status: 'not_firing',
      source: 'alertmanager',
      asked:
        'GET /api/v2/alerts?filter=alertname%3D%22HighLatency%22&filter=pod%3D%22orders-1%22, fingerprint 0123456789abcdef',
      text: 'the alert does not fire in Alertmanager',
    });
  });

  it('may hear of it later than another one of its cluster', async () => {
    const { check, alerts, server } = await setUp([]);
    const checking = check(alert, { patienceMs: 10_000 });
    await expect.poll(() => server.received.length).toBeGreaterThan(2);
    alerts.push(known);
    expect(await checking).toMatchObject({ status: 'firing' });
  });

  it('knows nothing for a while after its start', async () => {
    const { check } = await setUp([], { uptime: new Date(Date.now() - 7_000).toISOString() });
    expect(await check()).toMatchObject({
      status: 'unknown',
      text: expect.stringMatching(/^Alertmanager started \d+ s ago/) as string,
    });
  });

  it.each<[string, Answer | 'hang up']>([
    ['hangs up', 'hang up'],
    ['is overloaded', { status: 503 }],
    ['refuses us', { status: 401 }],
    ['is a portal', { status: 200, body: '<html>log in</html>' }],
  ])('is unknown if it %s', async (_, answer) => {
    const { check, server } = await setUp([]);
    server.answer = answer;
    expect(await check(alert, { patienceMs: 5000 })).toMatchObject({
      status: 'unknown',
      asked: expect.stringContaining('fingerprint 0123456789abcdef') as string,
      text: expect.stringMatching(/^Alertmanager could not be asked/) as string,
    });
  });
});

describe('who is asked', () => {
  const settings = {
    default: { source: 'alertmanager' },
    senders: {
      grafana: { source: 'none', reason: 'alerts of Grafana are in no Prometheus' },
      ruler: { source: 'prometheus' },
    },
  };

  it.each<[string | undefined, object]>([
    [undefined, { status: 'firing', source: 'alertmanager' }],
    ['unnamed', { status: 'firing', source: 'alertmanager' }],
    ['constructor', { status: 'firing', source: 'alertmanager' }],
    ['grafana', { status: 'not_asked', text: 'alerts of Grafana are in no Prometheus' }],
    ['ruler', { status: 'unknown', source: 'prometheus' }],
  ])('for the sender %s', async (sender, expected) => {
    const { check, server } = await setUp([known], { settings });
    expect(await check(alert, { patienceMs: 0, ...(sender === undefined ? {} : { sender }) })).toMatchObject(expected);
    expect(server.received).toHaveLength('source' in expected && expected.source === 'alertmanager' ? 1 : 0);
  });

  it('is Prometheus where there is no Alertmanager, and no Alertmanager says nothing', async () => {
    const config = configSchema.parse({ prometheus: { url: 'http://127.0.0.1:1' } });
    const prometheus = createPrometheusClient(config.prometheus);
    const confirm = { ...config.alerts.confirm, senders: { am: { source: 'alertmanager' as const } } };
    const source = createAlertSource({ settings: { ...config, alerts: { confirm } }, prometheus });
    onTestFinished(async () => {
      await source.close();
      await prometheus.close();
    });
    expect(await source.check(alert)).toMatchObject({ status: 'unknown', source: 'prometheus' });
    expect(await source.check(alert, { sender: 'am' })).toMatchObject({ status: 'unknown', source: 'alertmanager' });
  });
});
