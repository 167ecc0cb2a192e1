import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createPrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import type { PrometheusSettings } from '../../../src/config/schema.ts';
import { bodyOf, type LocalServer, serve } from './local-server.ts';
import { settingsFor } from './scripted-prometheus.ts';

interface Received {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  form: Record<string, string>;
}

let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function clientFor(
  answer: { status?: number; body: unknown; headers?: Record<string, string> },
  { path = '', settings = {} }: { path?: string; settings?: Partial<PrometheusSettings> } = {},
) {
  const received: Received[] = [];
  server = await serve((request, response) => {
    void bodyOf(request).then((body) => {
      received.push({
        url: request.url,
        headers: request.headers,
        form: Object.fromEntries(new URLSearchParams(body)),
      });
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status ?? 200, answer.headers).end(text);
    });
  });
  const client = createPrometheusClient(settingsFor(server.url + path, settings));
  onTestFinished(() => client.close());
  return { client, received };
}

const success = (resultType: string, result: unknown, more: object = {}) => ({
  status: 'success',
  data: { resultType, result },
  ...more,
});
const failure = (errorType: string, error: string) => ({ status: 'error', errorType, error });

describe('an instant query', () => {
  it('is posted as a form below the path of the settings, with the tenant', async () => {
    const { client, received } = await clientFor(
      { body: success('vector', []) },
      { path: '/prometheus', settings: { tenant: 'team-a' } },
    );
    const expr = `up{a="${'ä&=+\u0000'.repeat(5000)}"}`;
    await client.instantQuery(expr, { at: 1763996544.123 });
    expect(received).toEqual([
      {
        url: '/prometheus/api/v1/query',
        headers: expect.objectContaining({
          'x-scope-orgid': 'team-a',
          'content-type': 'application/x-www-form-urlencoded',
        }) as unknown,
        form: { query: expr, time: '1763996544.123', partial_response: 'false' },
      },
    ]);
  });

  it('leaves the time to Prometheus unless it is given', async () => {
    const { client, received } = await clientFor({ body: success('vector', []) });
    await client.instantQuery('up');
    expect(received[0]?.form).not.toHaveProperty('time');
  });

  it('gives values as numbers, the special ones too, and the warnings', async () => {
    const texts = ['1.5', 'NaN', '+Inf', '-Inf', '1e-9', ''];
    const series = texts.map((text) => ({ metric: { le: text }, value: [10.5, text] }));
    const { client } = await clientFor({ body: success('vector', series, { warnings: ['mixed'], infos: ['x'] }) });
    const result = await client.instantQuery('up');
    expect(result).toMatchObject({ resultType: 'vector', warnings: ['mixed'] });
    const values = result.resultType === 'vector' ? result.result.map(({ value }) => value) : [];
    expect(values).toEqual([1.5, NaN, Infinity, -Infinity, 1e-9, NaN].map((value) => ({ at: 10.5, value })));
  });

  it('gives native histograms without a value, strings, and no warnings where there is null', async () => {
    const histogram = { metric: {}, histogram: [1, { count: '1', sum: '2', buckets: [] }] };
    const { client } = await clientFor({ body: success('vector', [histogram], { warnings: null }) });
    expect(await client.instantQuery('h')).toEqual({ resultType: 'vector', result: [{ metric: {} }], warnings: [] });
  });
});

it('a range query gives its points', async () => {
  const { client, received } = await clientFor({
    body: success('matrix', [{ metric: { pod: 'a' }, values: [[1, '2'], [2, 'NaN']] }]), // prettier-ignore
  });
  expect(await client.rangeQuery({ expr: 'up', start: 1, end: 2.5, stepSeconds: 0.5 })).toEqual([
    { metric: { pod: 'a' }, values: [{ at: 1, value: 2 }, { at: 2, value: NaN }] }, // prettier-ignore
  ]);
  expect(received[0]).toMatchObject({ url: '/api/v1/query_range', form: { start: '1', end: '2.5', step: '0.5' } });
});

it("gives Prometheus's clock", async () => {
  const { client, received } = await clientFor({ body: success('scalar', [1000.25, '1000.25']) });
  expect(await client.serverTime()).toBe(1000.25);
  expect(received[0]?.form['query']).toBe('time()');
});

describe('what is not an answer', () => {
  it.each([
    ['QueryInvalid', 400, failure('bad_data', '1:5: parse error')],
    // Of data, load or limits; what it says today need not be so tomorrow.
    ['PrometheusUnavailable', 422, failure('execution', 'many-to-many matching not allowed')],
    [
      'PrometheusUnavailable',
      422,
      failure('execution', 'expanding series: proxy Series(): no store matches this query'),
    ],
    ['PrometheusUnavailable', 422, failure('bad_data', 'odd')],
    ['PrometheusUnavailable', 400, failure('execution', 'too many chunks')],
    ['PrometheusUnavailable', 400, 'an HTML page of a proxy'],
    ['PrometheusUnavailable', 401, 'no org id'],
    ['PrometheusUnavailable', 403, failure('bad_data', 'forbidden')],
    ['PrometheusUnavailable', 404, '404 page not found'],
    ['PrometheusUnavailable', 302, ''],
    ['PrometheusUnavailable', 429, failure('too_many_requests', 'slow down')],
    ['PrometheusUnavailable', 500, failure('internal', 'disk')],
    ['PrometheusUnavailable', 503, failure('timeout', 'query timed out in expression evaluation')],
    ['PrometheusUnavailable', 500, success('vector', [])],
    ['PrometheusUnavailable', 200, '<html>login</html>'],
    ['PrometheusUnavailable', 200, failure('bad_data', 'odd')],
    ['PrometheusUnavailable', 200, success('tensor', [])],
    ['PrometheusUnavailable', 200, success('vector', [{ metric: {}, value: ['now', 1] }])],
    ['PrometheusUnavailable', 200, '{"status":"success","data":{"resultType":"vector"'],
  ])('is %s: status %i, %j', async (type, status, body) => {
    const { client } = await clientFor({ status, body });
    await expect(client.instantQuery('up')).rejects.toMatchObject({ name: type, type });
  });

  it('of another type than the query must have is PrometheusUnavailable', async () => {
    const { client } = await clientFor({ body: success('vector', []) });
    const range = client.rangeQuery({ expr: 'up', start: 0, end: 1, stepSeconds: 1 });
    await expect(range).rejects.toMatchObject({ type: 'PrometheusUnavailable' });
    await expect(client.serverTime()).rejects.toMatchObject({ type: 'PrometheusUnavailable' });
  });

  it('is told in bounded words, and a page of somebody else not at all', async () => {
    const long = await clientFor({ status: 400, body: failure('bad_data', 'x'.repeat(100_000)) });
    await expect(long.client.instantQuery('up')).rejects.toThrow(/^.{100,400}$/);
    await server?.close();
    const page = await clientFor({ status: 502, body: 'token=hunter2' });
    await expect(page.client.instantQuery('up')).rejects.toThrow(/^(?!.*hunter2).{10,200}$/);
  });

  it('has the words of the server', async () => {
    const { client } = await clientFor({ status: 422, body: failure('execution', 'no store matches this query') });
    await expect(client.instantQuery('up')).rejects.toThrow('execution (422): no store matches this query');
  });

  it('carries the time that the server asks to wait', async () => {
    const { client } = await clientFor({ status: 429, body: 'busy', headers: { 'retry-after': '3' } });
    await expect(client.instantQuery('up')).rejects.toMatchObject({ retryAfterMs: 3000 });
  });

  it('is PrometheusUnavailable when nobody listens', async () => {
    const { client } = await clientFor({ body: '' });
    await server?.close();
    await expect(client.instantQuery('up')).rejects.toMatchObject({ type: 'PrometheusUnavailable' });
  });
});
