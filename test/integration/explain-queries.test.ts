import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ensureServers,
  type PrometheusServer,
  startPrometheus,
  terminalProgress,
  waitFor,
} from '../../dev/stack/index.ts';
import { measureSignals } from '../../src/cli/explain/measure-signals.ts';
import { createPrometheusClient, type PrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import { configSchema } from '../../src/config/schema.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { aPlan } from '../support/plans.ts';

let folder: string;
let server: PrometheusServer;
let prometheus: PrometheusClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-queries-'));
  const { prometheus: binary } = await ensureServers(['prometheus'], { progress: terminalProgress() });
  const config = [
    'global: { scrape_interval: 1s, scrape_timeout: 1s }',
    'scrape_configs: []',
    'rule_files: [rules.yaml]',
  ].join('\n');
  await writeFile(
    join(folder, 'rules.yaml'),
    'groups: [{ name: g, interval: 1s, rules: [{ record: load, expr: vector(1.5) }, { record: calm, expr: vector(0) }] }]',
  );
  server = await startPrometheus({
    binary,
    dataDir: folder,
    config: config.replace('rules.yaml', join(folder, 'rules.yaml')),
  });
  prometheus = createPrometheusClient(configSchema.parse({ prometheus: { url: server.url } }).prometheus);
  const has = async () => {
    const { result } = await prometheus.instantQuery('load');
    return Array.isArray(result) && result.length > 0;
  };
  await waitFor(has, { what: 'the first series', timeoutMs: 90_000 });
});

afterAll(async () => {
  await prometheus.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const query = (expr: string) => ({ expr, vars: {} });
const objective = (expr: string, more: object = {}) => ({
  ...{ name: 'p95 latency', query: query(expr), comparison: '<=', threshold: 0.2, unit: 's' },
  ...more,
});
const planOf = (expr: string, more: object = {}, parts: object = {}) =>
  aPlan({ verification: { objective: objective(expr, more), maxAgeSeconds: 10, ...parts } });

async function measured(plan: ReturnType<typeof aPlan>, of = prometheus) {
  const options = { now: Date.now() / 1000, signal: AbortSignal.timeout(20_000) };
  const said = await measureSignals(plan, { prometheus: of }, options);
  return said.map(({ of: what, name, text }) => `${what} ${name}: ${text}`);
}

describe('the queries of a plan, run before anything is done', () => {
  it.each([
    ['not met', 'load', {}, 'p95 latency 1.5 s, wanted <= 0.2 s'],
    ['met already', 'calm', {}, 'holds already, so that it could not prove a cure'],
    ['without a series', 'sum(rate(nowhere_total[1m]))', {}, 'no series nowhere_total'],
    ['without a series, which is zero', 'sum(nowhere_total)', { whenEmpty: 'zero' }, 'p95 latency 0 s'],
    ['that depend on data', 'load + on() group_left() {__name__=~"load|calm"}', {}, 'unknown (unavailable)'],
    ['that cannot be read', 'rate(load)', {}, 'QueryInvalid'],
  ])('tell what the objective gives: %s', async (_what, expr, more, text) => {
    expect(await measured(planOf(expr, more))).toEqual([expect.stringContaining(text)]);
  });

  it('tell what neighbours, evidence and the load of a lease give', async () => {
    const plan = planOf('load', {}, { neighbours: [{ name: 'stock p95', query: query('stock_latency'), unit: 's' }] });
    const source = { kind: 'prometheus', query: query('failed_total') };
    const said = await measured(
      aPlan({
        ...plan,
        evidence: { threshold: 0.7, signals: [{ name: 'errors', source }] },
        lease: { load: { name: 'requests', query: query('load'), unit: 'req/s' } },
      }),
    );
    expect(said).toEqual([
      expect.stringContaining('p95 latency 1.5 s'),
      'neighbour stock p95: unknown (empty): no series stock_latency',
      expect.stringContaining('evidence confidence: Confidence 0 of 0.7 wanted: errors unknown (empty)'),
      'evidence errors: unknown (empty): no series failed_total',
      'lease requests: 1.5 req/s',
    ]);
  });

  it('say that the server is away', async () => {
    const gone = createPrometheusClient(configSchema.parse({ prometheus: { url: 'http://127.0.0.1:1' } }).prometheus);
    expect(await measured(planOf('load'), gone)).toEqual([expect.stringContaining('unknown (unavailable)')]);
    await gone.close();
  });
});

describe('mendloop explain', () => {
  const explain = async (...args: string[]) => {
    const alert = join(folder, 'alert.json');
    const config = join(folder, 'mendloop.yaml');
    const labels = { alertname: 'OrderServiceCPUThrottling', service: 'order-service', namespace: 'production' };
    await writeFile(alert, JSON.stringify({ labels: { ...labels, severity: 'critical' } }));
    await writeFile(config, JSON.stringify({ prometheus: { url: server.url } }));
    const program = join(packageRoot(), 'bin', 'mendloop.js');
    const command = [program, 'explain', alert, '--config', config, '--no-guards', ...args];
    return (await promisify(execFile)(process.execPath, command, { cwd: packageRoot() })).stdout;
  };

  it("runs the plan's queries and prints what they give now, unless it is told not to", async () => {
    const text = await explain();
    expect(text).toMatch(
      /^Signals now +proof: p95 latency cannot be measured: .*no series http_request_duration_seconds/m,
    );
    expect(text).toMatch(/neighbour: catalog p95 latency unknown \(empty\): no series/);
    expect(await explain('--no-queries')).not.toContain('Signals now');
    expect(JSON.parse(await explain('--json'))).toMatchObject({ signals: [{ of: 'proof', value: null }, {}] });
  });
});
