import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPrometheusActivities } from '../../src/activities/prometheus.ts';
import { createPrometheusClient, type PrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import { readSignal } from '../../src/clients/prometheus/read-signal.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Baseline, Sample } from '../../src/domain/verification/measurement.ts';
import { querySchema, type WhenEmpty } from '../../src/domain/plan/query.ts';
import { verificationSchema } from '../../src/domain/plan/verification-clause.ts';
import { quote } from '../../src/domain/query/promql-literal.ts';
import {
  ensureServers,
  type PrometheusServer,
  type ServerBinary,
  startPrometheus,
  terminalProgress,
  waitFor,
} from '../../dev/stack/index.ts';

/** Label values as an attacker or an accident would choose them; all legal in Prometheus. */
const HOSTILE = [
  'say "yes"',
  "it's",
  'back\\slash\\',
  'two\nlines\r\n',
  'nul\u0000bell\u0007',
  'right\u202eto left\u2066',
  'bom\ufeff tag\u{e0001} replacement\ufffd',
  '"} or vector(1) #',
  '${a} $b `c`',
  '.*',
  '__proto__',
  '大 größe 😀',
  'x'.repeat(1024),
];

/** What the exporter says; replaced by tests. */
let exposition: string;
/** Lines that are made anew for each scrape. */
let moving = (): string[] => [];
const exporter = createServer((_, response) => {
  const body = [exposition, ...moving(), ''].join('\n').replace(/^\n+/gm, '');
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(body);
});

const label = (value: string) => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
const lines = (...more: string[]) =>
  [
    'load 1.5',
    'not_a_number NaN',
    'infinite +Inf',
    'many{a="1"} 1',
    'many{a="2"} 2',
    ...HOSTILE.map((value, index) => `hostile{a="${label(value)}"} ${index}`),
    ...more,
    '',
  ].join('\n');

let binary: ServerBinary;
let dataDir: string;
let config: string;
let server: PrometheusServer;
let client: PrometheusClient;

const clientFor = (url: string) =>
  createPrometheusClient(configSchema.parse({ prometheus: { url, timeoutSeconds: 5 } }).prometheus);
const read = (
  expr: string,
  more: { vars?: object; maxAgeSeconds?: number; actedAt?: number; whenEmpty?: WhenEmpty } = {},
) => {
  const { vars = {}, maxAgeSeconds = 10, ...rest } = more;
  return readSignal(client, { query: querySchema.parse({ expr, vars }), maxAgeSeconds, ...rest });
};
const told = (sample: Sample) => (sample.status === 'known' ? sample.value : sample.reason);
const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 90_000, interval: 100 });

beforeAll(async () => {
  exposition = lines('leaving 7');
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  const { port } = exporter.address() as AddressInfo;
  ({ prometheus: binary } = await ensureServers(['prometheus'], { progress: terminalProgress() }));
  dataDir = await mkdtemp(join(tmpdir(), 'mendloop-prometheus-'));
  config = [
    'global: { scrape_interval: 1s, scrape_timeout: 1s }',
    'scrape_configs:',
    `  - { job_name: exporter, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }`,
  ].join('\n');
  server = await startPrometheus({ binary, dataDir, config });
  client = clientFor(server.url);
  await waitFor(async () => told(await read('load')) === 1.5, { what: 'the first scrape', timeoutMs: 90_000 });
});

afterAll(async () => {
  await client.close();
  await server.stop();
  exporter.close();
  exporter.closeAllConnections();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a signal of a real Prometheus', () => {
  it.each([
    ['load', 1.5],
    ['load * 2 + on() sum(many)', 6],
    ['scalar(load)', 1.5],
    ['load # as it was scraped', 1.5],
    ['absent_metric', 'empty'],
    ['not_a_number', 'not_a_number'],
    ['infinite', 'infinite'],
    ['-infinite', 'infinite'],
    ['load / 0 - load / 0', 'not_a_number'],
    ['many', 'many_series'],
    ['load[5s]', 'wrong_type'],
    // An operand that is gone, and what stands in for it.
    ['sum(many) + (absent_metric or vector(0))', 3],
    ['sum(rate(absent_metric[5s])) or vector(0)', 0],
    ['(sum(absent_metric) or sum(many) * 0) / sum(many)', 0],
    ['absent_metric or load', 1.5],
    ['load unless on() absent_metric', 1.5],
    ['absent(absent_metric)', 1],
    ['absent(load)', 'empty'],
    ['(sum(many) or vector(0)) / sum(absent_metric)', 'empty'],
  ])('%s is %s', async (expr, expected) => {
    expect(told(await read(expr))).toBe(expected);
    // After an act the value is asked for by itself.
    expect(told(await read(expr, { actedAt: 1 }))).toBe(expected);
  });

  it('comes with the time of Prometheus', async () => {
    const before = await client.serverTime();
    const { at } = await read('load');
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(await client.serverTime());
  });

  it.each(HOSTILE.map((value, index) => [quote(value).slice(0, 60), value, index] as const))(
    'is found by the label value %s, as a value, as a literal expression and as a prefix',
    async (_, value, index) => {
      expect(told(await read('hostile{a=$a}', { vars: { a: value } }))).toBe(index);
      expect(told(await read('hostile{a=~$a}', { vars: { a: value } }))).toBe(index);
      const prefix = Array.from(value).slice(0, 6).join('').trimEnd();
      expect(told(await read('hostile{a=~$a}', { vars: { a: { prefix } } }))).toBe(index);
    },
  );

  it('is stale when the samples are older than asked', async () => {
    await eventually(async () => told(await read('load', { maxAgeSeconds: 0.001 }))).toBe('stale');
  });

  it('counts only when raw samples or windows lie after the act', async () => {
    const actedAt = await client.serverTime();
    expect(told(await read('load', { actedAt: actedAt + 60 }))).toBe('window_reaches_back');
    await eventually(async () => told(await read('load', { actedAt }))).toBe(1.5);
    expect(told(await read('max_over_time(load[1h])', { actedAt }))).toBe('window_reaches_back');
    await eventually(async () => told(await read('max_over_time(load[3s])', { actedAt }))).toBe(1.5);
  });

  it('is zero where nothing means zero', async () => {
    expect(told(await read('sum(rate(absent_metric[5s]))', { whenEmpty: 'zero' }))).toBe(0);
    expect(told(await read('load > 2', { whenEmpty: 'zero' }))).toBe(0);
    expect(told(await read('load', { whenEmpty: 'zero' }))).toBe(1.5);
  });

  it('names what is missing', async () => {
    expect(await read('sum(rate(container_throttled_seconds_total{pod="a"}[5s])) / sum(many)')).toMatchObject({
      reason: 'empty',
      detail: 'no series container_throttled_seconds_total{pod="a"}',
    });
  });

  it('is stale, and then empty, once its series has left, although a window still holds samples', async () => {
    expect(told(await read('max_over_time(leaving[5m])'))).toBe(7);
    exposition = lines();
    await eventually(async () => told(await read('leaving'))).toBe('empty');
    expect(told(await read('max_over_time(leaving[5m])'))).toBe('stale');
  });
});

it('gives a range of points', async () => {
  const now = await client.serverTime();
  const series = await client.rangeQuery({ expr: 'vector(time())', start: now - 10, end: now, stepSeconds: 5 });
  expect(series).toHaveLength(1);
  expect(series[0]?.values.map(({ value }) => Math.round(now - value))).toEqual([10, 5, 0]);
});

it.each([
  ['an unknown function', 'nonsense(load)'],
  ['a wrong type of argument', 'rate(load)'],
])('refuses %s for good', async (_, expr) => {
  await expect(client.instantQuery(expr)).rejects.toMatchObject({ type: 'QueryInvalid' });
});

it('refuses for now what depends on data: series that cannot be matched', async () => {
  const expr = 'many + ignoring(a) many';
  await expect(client.instantQuery(expr)).rejects.toMatchObject({ type: 'PrometheusUnavailable' });
  expect(await read(expr)).toMatchObject({ reason: 'unavailable' });
  expect(await read(expr)).toHaveProperty('detail', expect.stringContaining('execution (422)'));
});

describe('counters that exist only while something is wrong', () => {
  const errors = '(sum(rate(responses{code=~"5.."}[3s])) or vector(0)) / sum(rate(responses[3s]))';
  const bare = 'sum(rate(responses{code=~"5.."}[3s]))';
  /** Counters that grow from scrape to scrape, of the given codes. */
  const serving = (...codes: string[]) => {
    moving = () => codes.map((code) => `responses{code="${code}"} ${Math.round(performance.now())}`);
  };
  afterEach(() => {
    serving();
  });

  it('prove a cure when the last error is gone, and nothing when all is gone', async () => {
    serving('200', '500');
    await eventually(async () => told(await read(errors))).toBeGreaterThan(0.1);
    const actedAt = await client.serverTime();

    serving('200');
    await eventually(async () => told(await read(errors, { actedAt }))).toBe(0);
    expect(told(await read(bare, { actedAt }))).toBe('empty');
    expect(told(await read(bare, { actedAt, whenEmpty: 'zero' }))).toBe(0);

    serving();
    await eventually(async () => told(await read(errors, { actedAt }))).toBe('empty');
  });

  it('are unknown while a window still holds what they were', async () => {
    serving('200', '500');
    const long = errors.replaceAll('3s', '1m');
    await eventually(async () => told(await read(long))).toBeGreaterThan(0.1);
    serving('200');
    await eventually(async () => told(await read(long))).toBe('stale');
    expect(told(await read(bare.replaceAll('3s', '1m'), { whenEmpty: 'zero' }))).toBe('stale');
  });
});

describe('verification by a real Prometheus', () => {
  const verification = verificationSchema.parse({
    objective: { name: 'load', query: { expr: 'avg_over_time(load[2s])' }, comparison: '<=', threshold: 1, unit: 's' },
    intervalSeconds: 0.5,
    deadlineSeconds: 60,
  });

  it('sees a cure that comes, through a restart of Prometheus', async () => {
    const activities = createPrometheusActivities({ prometheus: client });
    const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    type Measure = typeof activities.measureBaseline;
    const baseline = await environment().run<Parameters<Measure>, Baseline, Measure>(activities.measureBaseline, {
      verification,
    });
    expect(baseline.objective).toMatchObject({ status: 'known', value: 1.5 });

    const verifying = environment();
    const seen = new Set<number | string>();
    verifying.on('heartbeat', ({ state }: { state: { samples: Sample[] } }) => {
      for (const sample of state.samples) seen.add(told(sample));
    });
    const running = verifying.run(activities.verifyRemediation, { verification, baseline });
    await eventually(() => Promise.resolve([...seen])).toContain(1.5);
    const port = Number(new URL(server.url).port);
    await server.stop();
    await eventually(() => Promise.resolve([...seen])).toContain('unavailable');
    expect(told(await read('load'))).toBe('unavailable');
    exposition = lines().replace('load 1.5', 'load 0.5');
    server = await startPrometheus({ binary, dataDir, config, port });

    const report = await running;
    expect(report).toMatchObject({
      verdict: 'good',
      worst: 1.5,
      before: { value: 1.5 },
      after: { value: 0.5 },
      summary: 'load 0.5 s <= 1 s in 3 samples in a row; was 1.5 s',
    });
  });
});
