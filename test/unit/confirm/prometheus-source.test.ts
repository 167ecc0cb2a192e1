import { describe, expect, it, onTestFinished } from 'vitest';
import type { CheckedAlert, CheckOptions } from '../../../src/clients/confirm/alert-source.ts';
import { createAlertSource } from '../../../src/clients/confirm/create-alert-source.ts';
import { createPrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { type Answer, startReceiver } from '../notifications/http-receiver.ts';

const labels = { alertname: 'HighLatency', namespace: 'shop', pod: 'orders-1', severity: 'critical' };
const alert = { labels, fingerprint: '0123456789abcdef' };
const BROAD = 'ALERTS{alertname="HighLatency",alertstate="firing"}';

type Series = Readonly<Record<string, string>>;
const firing = (series: Series): Series => ({ __name__: 'ALERTS', alertstate: 'firing', ...series });
const pending = (series: Series): Series => ({ __name__: 'ALERTS', alertstate: 'pending', ...series });

/** What a Prometheus with these series answers to a selector of equal labels. */
function answerOf(series: readonly Series[], query: string): Answer {
  const wanted = [...query.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)].map(
    ([, name = '', value = '']) => [name, JSON.parse(value) as string] as const,
  );
  const result = series
    .filter((one) => wanted.every(([name, value]) => (one[name] ?? '') === value))
    .map((metric) => ({ metric, value: [1000, '1'] }));
  return { status: 200, body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }) };
}

interface SetUp {
  readonly series?: Series[];
  readonly confirm?: object;
  readonly answer?: Answer | 'hang up' | (() => Promise<Answer>);
  readonly timeoutSeconds?: number;
}

async function setUp({ series = [], confirm = {}, answer, timeoutSeconds = 5 }: SetUp = {}) {
  const server = await startReceiver(
    answer ?? (({ body }) => answerOf(series, new URLSearchParams(body).get('query') ?? '')),
  );
  const config = configSchema.parse({ alerts: { confirm }, prometheus: { url: server.url, timeoutSeconds } });
  const prometheus = createPrometheusClient(config.prometheus);
  const source = createAlertSource({ settings: config, prometheus });
  onTestFinished(async () => {
    await source.close();
    await prometheus.close();
    await server[Symbol.asyncDispose]();
  });
  const queries = () => server.received.map(({ body }) => new URLSearchParams(body).get('query'));
  const check = (of: CheckedAlert = alert, options: CheckOptions = { patienceMs: 0 }) => source.check(of, options);
  return { check, queries, series, server };
}

describe('an alert that fires', () => {
  it('is found by one question, which names every label with its value', async () => {
    const { check, queries } = await setUp({ series: [firing(labels), firing({ ...labels, pod: 'orders-2' })] });
    expect(await check()).toEqual({
      status: 'firing',
      source: 'prometheus',
      text: 'Prometheus has the alert firing',
    });
    expect(queries()).toEqual(['ALERTS{alertname="HighLatency",namespace="shop",pod="orders-1",severity="critical"}']);
  });

  it('may have labels beyond its series, and what is added is learned once', async () => {
    const external = { cluster: 'eu', prometheus: 'monitoring/k8s' };
    const { check, queries } = await setUp({ series: [firing(labels), firing({ alertname: 'Other', team: 'a' })] });
    expect(await check({ ...alert, labels: { ...labels, ...external } })).toMatchObject({ status: 'firing' });
    expect(queries().at(-1)).toBe(BROAD);
    expect(await check({ ...alert, labels: { alertname: 'Other', team: 'a', ...external } })).toMatchObject({
      status: 'firing',
    });
    expect(queries().slice(2)).toEqual(['ALERTS{alertname="Other",team="a"}']);
  });

  it('is found where Prometheus has it firing and pending', async () => {
    const { check } = await setUp({ series: [pending({ alertname: 'HighLatency' }), firing(labels)] });
    expect(await check()).toMatchObject({ status: 'firing' });
  });

  it('is waited for, because Prometheus sends before it stores', async () => {
    const { check, series, queries } = await setUp();
    const checking = check(alert, { patienceMs: 10_000 });
    await expect.poll(() => queries().length).toBeGreaterThan(2);
    series.push(firing(labels));
    expect(await checking).toMatchObject({ status: 'firing' });
  });

  it('is found by hostile labels, which stay values', async () => {
    const hostile = {
      alertname: 'a"} or vector(1) #',
      path: '.*|\\"\n{}$b',
      __proto: 'x',
      'k8s.pod': 'y',
      long: 'x'.repeat(100_000),
    };
    const { check, queries } = await setUp({ series: [firing(hostile)] });
    expect(await check({ ...alert, labels: hostile })).toMatchObject({ status: 'firing' });
    expect(queries()[0]).toBe('ALERTS{alertname="a\\"} or vector(1) #",path=".*|\\\\\\"\\n{}$b",__proto="x"}');
  });

  it('may have a label whose value is not kept', async () => {
    const { check } = await setUp({ series: [firing({ ...labels, db_password: 'hunter2' })] });
    const kept = { ...labels, db_password: '[redacted]' };
    expect(await check({ ...alert, labels: kept })).toMatchObject({ status: 'firing' });
  });
});

describe('an alert that does not fire', () => {
  it.each<[string, Series[], string]>([
    ['nothing is known of it', [], 'the alert does not fire in Prometheus'],
    ['it is pending', [pending(labels)], 'Prometheus has the alert pending, not firing'],
    [
      'a sibling fires',
      [firing({ ...labels, pod: 'orders-2' })],
      'the alert does not fire in Prometheus; 1 with the same name and other labels does',
    ],
    [
      'siblings fire that have labels it has not',
      [firing({ ...labels, container: 'app' }), firing({ ...labels, container: 'proxy' })],
      'the alert does not fire in Prometheus; 2 with the same name and other labels do',
    ],
  ])('is not_firing, with what was asked: %s', async (_, series, text) => {
    const { check } = await setUp({ series });
    expect(await check()).toEqual({ status: 'not_firing', source: 'prometheus', asked: BROAD, text });
  });

  it('has no name, and is nobody', async () => {
    const { check } = await setUp({ series: [firing({ alertname: 'Other' })] });
    expect(await check({ ...alert, labels: { pod: 'a' } })).toMatchObject({ status: 'not_firing' });
  });

  it('is asked for again as long as there is patience', async () => {
    const { check, queries } = await setUp();
    expect(await check(alert, { patienceMs: 600 })).toMatchObject({ status: 'not_firing' });
    expect(queries().length).toBeGreaterThan(4);
  });
});

it('may have a label named __proto__, which is data like any', async () => {
  const hostile = Object.fromEntries([...Object.entries(labels), ['__proto__', 'x']]) as typeof labels;
  const { check } = await setUp({ series: [firing(hostile)], confirm: { externalLabels: [] } });
  expect(await check({ ...alert, labels: hostile })).toMatchObject({ status: 'firing' });
});

describe('where the settings say which labels are added', () => {
  const confirm = { externalLabels: ['cluster'] };
  const known = { ...labels, cluster: 'eu' };

  it('an alert may have those', async () => {
    const { check, queries } = await setUp({ confirm, series: [firing(labels)] });
    expect(await check({ ...alert, labels: known })).toMatchObject({ status: 'firing' });
    expect(queries()).toHaveLength(1);
  });

  it.each([
    ['a plain one', { deployment: 'payments' }],
    ['one that cannot be asked for', { 'k8s.deployment': 'payments' }],
  ])('an alert that claims more does not fire: %s', async (_, more) => {
    const { check, queries } = await setUp({ confirm, series: [firing(labels)] });
    const answer = await check({ ...alert, labels: { ...known, ...more } });
    expect(answer).toMatchObject({ status: 'not_firing', asked: queries()[0] });
    expect(queries()).toHaveLength(1);
  });
});

describe('a Prometheus that cannot say', () => {
  const error = { status: 'error', errorType: 'execution', error: 'no store matches this query' };
  it.each<[string, Answer | 'hang up']>([
    ['hangs up', 'hang up'],
    ['is overloaded', { status: 503 }],
    ['has no store for a while', { status: 422, body: JSON.stringify(error) }],
    ['refuses the question', { status: 400, body: JSON.stringify({ ...error, errorType: 'bad_data' }) }],
    ['refuses us', { status: 401 }],
    ['is a portal', { status: 200, body: '<html>log in</html>' }],
    ['gives no vector', { status: 200, body: '{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}' }],
  ])('is unknown, and asked but once: it %s', async (_, answer) => {
    const { check, server } = await setUp({ answer });
    expect(await check(alert, { patienceMs: 5000 })).toMatchObject({
      status: 'unknown',
      source: 'prometheus',
      asked: expect.stringContaining('ALERTS{') as string,
      text: expect.stringMatching(/^Prometheus could not be asked whether the alert fires: ./) as string,
    });
    expect(server.received).toHaveLength(1);
  });

  it('says nothing by what is missing from a part of its data; what it finds there fires', async () => {
    const partial = (series: Series[]) => {
      const result = series.map((metric) => ({ metric, value: [1000, '1'] }));
      const warnings = ['remote_read: remote server returned HTTP status 502'];
      return {
        status: 200,
        body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, warnings }),
      };
    };
    const { check } = await setUp({ answer: partial([]) });
    expect(await check()).toMatchObject({ status: 'unknown' });
    expect((await check()).text).toContain('only a part of the data');
    const found = await setUp({ answer: partial([firing(labels)]) });
    expect(await found.check()).toMatchObject({ status: 'firing' });
  });

  it('is unknown in bounded time when it never answers', async () => {
    const { check } = await setUp({ answer: () => new Promise<Answer>(() => undefined), timeoutSeconds: 300 });
    expect(await check()).toMatchObject({ status: 'unknown', text: 'prometheus gave no answer in time' });
  });

  it('rejects with the reason of the signal', async () => {
    const aborted = new AbortController();
    const { check } = await setUp({
      answer: () => {
        aborted.abort(new RangeError('enough'));
        return new Promise<Answer>(() => undefined);
      },
    });
    await expect(check(alert, { signal: aborted.signal })).rejects.toThrow(new RangeError('enough'));
  });

  it('rejects with it between two questions too', async () => {
    const aborted = new AbortController();
    const { check, queries } = await setUp();
    const checking = check(alert, { signal: aborted.signal, patienceMs: 100_000 });
    checking.catch(() => undefined);
    await expect.poll(() => queries().length).toBeGreaterThan(3);
    aborted.abort(new RangeError('enough'));
    await expect(checking).rejects.toThrow(new RangeError('enough'));
  });
});
