import { describe, expect, it, onTestFinished } from 'vitest';
import { createPrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import { readSignal, type SignalRequest } from '../../../src/clients/prometheus/read-signal.ts';
import { bodyOf, sendJson, serve } from './local-server.ts';
import { type Script, settingsFor, startScriptedPrometheus, vector } from './scripted-prometheus.ts';

async function read(script: Partial<Script>, expr = 'load', more: Partial<SignalRequest> = {}) {
  const prometheus = await startScriptedPrometheus(script);
  const client = createPrometheusClient(prometheus.settings);
  onTestFinished(async () => {
    await prometheus.close();
    await client.close();
  });
  const sample = await readSignal(client, { query: { expr, vars: {} }, maxAgeSeconds: 10, ...more });
  return { sample, script: prometheus.script };
}

const gives = (...values: string[]) => ({ answer: () => values });
const of = (resultType: string, result: unknown) => ({
  answer: () => ({ status: 200, body: { status: 'success', data: { resultType, result } } }),
});

describe('a signal', () => {
  it('is read at the very time at which its freshness was', async () => {
    const { sample, script } = await read({ ...gives('0.25'), clock: 1000.5 }, 'load', { actedAt: 1000 });
    expect(sample).toEqual({ at: 1001.5, status: 'known', value: 0.25 });
    expect(script.queries.map(({ time }) => time)).toEqual([null, '1001.5']);
    expect(script.queries[0]?.query).toContain('min(timestamp(load))');
  });

  it('is read together with its freshness where nothing was done yet', async () => {
    const { sample, script } = await read({ ...gives('0.25'), clock: 1000.5 });
    expect(sample).toEqual({ at: 1001.5, status: 'known', value: 0.25 });
    expect(script.queries).toHaveLength(1);
  });

  it('may be a scalar', async () => {
    const { sample } = await read(of('scalar', [1001, '3']), 'scalar(load)');
    expect(sample).toEqual({ at: 1001, status: 'known', value: 3 });
  });

  it.each([
    ['empty', gives()],
    ['not_a_number', gives('NaN')],
    ['infinite', gives('+Inf')],
    ['infinite', gives('-Inf')],
    ['many_series', gives('1', '2')],
    ['stale', { ...gives('1'), age: 11 }],
    ['stale', { ...gives('1'), age: undefined }],
    ['wrong_type', of('string', [1001, 'text'])],
    ['wrong_type', of('matrix', [{ metric: {}, values: [[1001, '1']] }])],
    ['wrong_type', of('vector', [{ metric: {}, histogram: [1001, { count: '1' }] }])],
  ])('is unknown: %s', async (reason, script) => {
    const { sample } = await read(script);
    expect(sample).toMatchObject({ at: 1001, status: 'unknown', reason });
  });

  it.each([
    ['no series load', gives(), { age: undefined }],
    ['newest sample of load is 11 s old', gives('1'), { age: 11 }],
    [undefined, gives(), {}],
  ])('is unknown, in words: %s', async (detail, script, more) => {
    expect((await read({ ...script, ...more })).sample).toMatchObject({ status: 'unknown', ...(detail && { detail }) });
  });

  it('is known at the greatest age, and when it rests on nothing before the act', async () => {
    const { sample } = await read({ age: 10 }, 'rate(load[20s])', { actedAt: 981 });
    expect(sample).toMatchObject({ status: 'known' });
  });

  it.each([
    ['its window', 'rate(load[20s])', 981.1],
    ['the newest raw sample, taken before the act', 'load', 1000.1],
  ])('is unknown when %s reaches back', async (_, expr, actedAt) => {
    const { sample } = await read({ age: 1 }, expr, { actedAt });
    expect(sample).toEqual({ at: 1001, status: 'unknown', reason: 'window_reaches_back' });
  });
});

describe('a signal whose series are gone', () => {
  const gone = { ...gives(), age: undefined };

  it('is zero where the plan says that empty is zero', async () => {
    const { sample } = await read(gone, 'sum(rate(errors[20s]))', { whenEmpty: 'zero' });
    expect(sample).toEqual({ at: 1001, status: 'known', value: 0 });
  });

  it('is zero too where a series lives, and the expression leaves it out', async () => {
    const { sample } = await read(gives(), 'errors > 5', { whenEmpty: 'zero' });
    expect(sample).toMatchObject({ status: 'known', value: 0 });
  });

  it('is unknown where the plan does not say so', async () => {
    expect((await read(gone, 'sum(rate(errors[20s]))')).sample).toMatchObject({ reason: 'empty' });
    const { sample } = await read(gone, 'sum(rate(errors[20s]))', { whenEmpty: 'unknown' });
    expect(sample).toMatchObject({ reason: 'empty', detail: 'no series errors' });
  });

  it('is not zero before its window lies after the act', async () => {
    const zero = { whenEmpty: 'zero', actedAt: 981.1 } as const;
    expect((await read(gone, 'sum(rate(errors[20s]))', zero)).sample).toMatchObject({ reason: 'window_reaches_back' });
    expect((await read(gone, 'sum(rate(errors[19s]))', zero)).sample).toMatchObject({ value: 0 });
  });

  it('is not zero while the last samples of a series are too old to count, or in the window still', async () => {
    const { sample } = await read({ ...gives(), age: 11 }, 'errors > 5', { whenEmpty: 'zero' });
    expect(sample).toMatchObject({ status: 'unknown', reason: 'empty' });
    const server = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        const query = new URLSearchParams(body).get('query') ?? '';
        const labels = query.includes('timestamp(') ? ['now', 'window 0'] : [];
        const result = labels.map((selector) => ({ metric: { selector }, value: [1001, '1'] }));
        sendJson(response, 200, { status: 'success', data: { resultType: 'vector', result } });
      });
    });
    const client = createPrometheusClient(settingsFor(server.url));
    onTestFinished(async () => {
      await server.close();
      await client.close();
    });
    const query = { expr: 'sum(rate(errors[20s])) > 5', vars: {} };
    expect(await readSignal(client, { query, whenEmpty: 'zero', maxAgeSeconds: 10 })).toMatchObject({
      reason: 'empty',
      detail: 'no series errors any more, and a window still holds it',
    });
  });

  it('is what a constant says in its place', async () => {
    const { sample } = await read({ ...gives('0'), age: undefined }, 'sum(rate(errors[20s])) or vector(0)');
    expect(sample).toEqual({ at: 1001, status: 'known', value: 0 });
  });

  it('is stale if an operand has gone that nothing stands in for', async () => {
    const expr = '(sum(rate(errors[20s])) or vector(0)) / sum(rate(all[20s]))';
    const { sample } = await read({ ...gives('0'), age: undefined }, expr);
    expect(sample).toMatchObject({ reason: 'stale', detail: 'no series all' });
  });
});

describe('a Prometheus that is away', () => {
  it.each([
    ['answers 503', { answer: () => ({ status: 503, body: 'overloaded' }) }],
    ['refuses the credentials', { answer: () => ({ status: 401, body: '' }) }],
  ])('or %s gives an unknown sample', async (_, script) => {
    const { sample } = await read(script);
    expect(sample).toMatchObject({ at: 0, status: 'unknown', reason: 'unavailable' });
  });

  it('for a while, by 422 as Thanos has it, gives an unknown sample with its words', async () => {
    const error = 'expanding series: proxy Series(): no store matches this query';
    const body = { status: 'error', errorType: 'execution', error };
    const { sample } = await read({ answer: () => ({ status: 422, body }) });
    expect(sample).toMatchObject({ at: 0, status: 'unknown', reason: 'unavailable' });
    expect(sample).toHaveProperty('detail', expect.stringContaining(error));
  });

  it.each([
    ['as Thanos has it', { warnings: ['No StoreAPIs matched for this query'] }],
    ['as promxy has it', { warnings: ['Unable to fetch from downstream server group: 502'] }],
    ['as a remote read has it', { warnings: ['remote_read: remote server returned HTTP status 500'] }],
    ['as VictoriaMetrics has it', { isPartial: true }],
  ])('in part gives an unknown sample: what it leaves out would count as zero, %s', async (_, remarks) => {
    const answer = (_query: string, at: number) => ({
      status: 200,
      body: { ...(vector(at, ['0']) as object), ...remarks },
    });
    const { sample } = await read({ answer });
    expect(sample).toMatchObject({ status: 'unknown', reason: 'unavailable' });
    expect(sample).toHaveProperty('detail', expect.stringContaining('only a part of the data'));
    expect((await read({ answer }, 'load', { whenEmpty: 'zero' })).sample).toMatchObject({ status: 'unknown' });
  });

  it('is not what PromQL remarks on an expression', async () => {
    const warnings = ['PromQL warning: quantile value should be between 0 and 1, got 95 (1:20)'];
    const answer = (_query: string, at: number) => ({
      status: 200,
      body: { ...(vector(at, ['0.5']) as object), warnings },
    });
    expect((await read({ answer })).sample).toMatchObject({ status: 'known', value: 0.5 });
  });

  it('for the probe or answers it with something else gives an unknown sample', async () => {
    const server = await serve((_, response) => {
      sendJson(response, 200, { status: 'success', data: { resultType: 'vector', result: [] } });
    });
    const client = createPrometheusClient(settingsFor(server.url));
    const request = { query: { expr: 'load', vars: {} }, maxAgeSeconds: 10 };
    expect(await readSignal(client, request)).toMatchObject({ reason: 'unavailable' });
    await server.close();
    expect(await readSignal(client, request)).toMatchObject({ reason: 'unavailable' });
    await client.close();
  });
});

describe('a query that can never be judged', () => {
  it('is refused before anything is asked', async () => {
    const client = createPrometheusClient(settingsFor('http://127.0.0.1:1'));
    const request = { query: { expr: 'load{a=$a}', vars: {} }, maxAgeSeconds: 10 };
    await expect(readSignal(client, request)).rejects.toMatchObject({ type: 'QueryInvalid' });
    await client.close();
  });

  it('is refused by Prometheus', async () => {
    const body = { status: 'error', errorType: 'bad_data', error: 'unknown function' };
    await expect(read({ answer: () => ({ status: 400, body }) })).rejects.toMatchObject({ type: 'QueryInvalid' });
  });
});
