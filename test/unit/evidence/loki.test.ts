import { describe, expect, it } from 'vitest';
import { readLoki } from '../../../src/clients/evidence/read-loki.ts';
import type { SignalSource } from '../../../src/domain/plan/evidence-clause.ts';
import { sendJson } from '../prometheus/local-server.ts';
import { aSignal } from './clauses.ts';
import { type Answer, aSource, lokiAt } from './sources.ts';

const NOW = 1_700_000_000;
const stats = { summary: { bytesProcessedPerSecond: 0, execTime: 0.003, totalLinesProcessed: 12 } };
const vector = (...values: string[]) => ({
  resultType: 'vector',
  result: values.map((value, index) => ({ metric: { level: String(index) }, value: [NOW, value] })),
  stats,
});
const matrix = (...series: string[][]) => ({
  resultType: 'matrix',
  result: series.map((values, index) => ({
    metric: { level: String(index) },
    values: values.map((value, at) => [NOW - 3600 + at * 60, value]),
  })),
  stats,
});

/** Shapes as in Loki's documentation of its HTTP API. */
const answers =
  (now: unknown, past: unknown): Answer =>
  ({ path }, response) => {
    sendJson(response, 200, { status: 'success', data: path.endsWith('/query') ? now : past });
  };

function lokiSource(more: Record<string, unknown> = {}) {
  const signal = aSignal({
    source: {
      kind: 'loki',
      query: { expr: 'sum(rate({app=$app} |= "timeout" [1m]))', vars: { app: 'shop' } },
      ...more,
    },
    baseline: { lookbackSeconds: 600, excludeSeconds: 0, days: 2 },
  });
  return { ...signal, source: signal.source as Extract<SignalSource, { kind: 'loki' }> };
}

async function read(answer: Answer, { settings = {}, source = {} }: { settings?: object; source?: object } = {}) {
  const server = await aSource(answer);
  const { baseline, source: wanted } = lokiSource({ ...source });
  const loki = lokiAt(server.url, { ...settings });
  const request = { source: wanted, baseline, now: NOW, signal: new AbortController().signal };
  return { server, reading: readLoki(loki, request) };
}

describe('a signal of Loki', () => {
  it('is the value of now and those of each stretch of the past', async () => {
    const { server, reading } = await read(answers(vector('1.5'), matrix(['0.5', '0.25'])), {
      settings: { tenant: 'shop', bearer: undefined },
    });
    expect(await reading).toEqual({ value: 1.5, past: [0.5, 0.25, 0.5, 0.25, 0.5, 0.25] });
    const [instant, ...ranges] = server.requests;
    expect(instant).toMatchObject({
      path: '/loki/api/v1/query',
      query: { query: 'sum(rate({app="shop"} |= "timeout" [1m]))', time: `${NOW}000000000` },
      headers: { 'x-scope-orgid': 'shop' },
    });
    expect(ranges.map(({ path }) => path)).toEqual(Array.from({ length: 3 }, () => '/loki/api/v1/query_range'));
    const day = 86_400;
    const spans = ranges.map(({ query }) => [Number(query['start']) / 1e9 - NOW, Number(query['end']) / 1e9 - NOW]);
    expect(spans).toEqual([
      [-600, 0],
      [-day - 1800, -day + 1800],
      [-2 * day - 1800, -2 * day + 1800],
    ]);
    expect(ranges[0]?.query).toMatchObject({ step: '60', query: instant?.query['query'] });
  });

  it('has no value where no line matches, unless the plan takes that for zero', async () => {
    const empty = answers(vector(), matrix());
    expect(await (await read(empty)).reading).toEqual({ value: 'empty', past: [] });
    const { reading } = await read(empty, { source: { whenEmpty: 'zero' } });
    // Eleven steps of the lookback, and 61 of each of the two hours.
    expect(await reading).toEqual({ value: 0, past: Array.from({ length: 11 + 2 * 61 }, () => 0) });
  });

  it('has zeros only where values are missing', async () => {
    const { reading } = await read(answers(vector('3'), matrix(['2', '1'])), { source: { whenEmpty: 'zero' } });
    const { past } = await reading;
    expect((past as number[]).toSorted().slice(-6)).toEqual([1, 1, 1, 2, 2, 2]);
    expect(past).toHaveLength(11 + 2 * 61);
  });

  it.each([
    ['several series now', answers(vector('1', '2'), matrix(['1'])), { value: 'many_series', past: [] }],
    ['several series in the past', answers(vector('1'), matrix(['1'], ['2'])), { value: 1, past: 'many_series' }],
    ['not a number', answers(vector('NaN'), matrix(['1'])), { value: 'not_a_number', past: [] }],
    ['infinity', answers(vector('+Inf'), matrix(['1'])), { value: 'infinite', past: [] }],
    ['gaps in the past', answers(vector('1'), matrix(['NaN', '1', '+Inf'])), { value: 1, past: [1, 1, 1] }],
    ['log lines', answers({ resultType: 'streams', result: [], stats }, matrix()), { value: 'wrong_type', past: [] }],
    ['a scalar', answers({ resultType: 'scalar', result: [NOW, '7'] }, matrix(['1'])), { value: 7, past: [1, 1, 1] }],
    ['null for no series', answers({ resultType: 'vector', result: null }, matrix()), { value: 'empty', past: [] }],
  ])('with %s', async (_, answer, expected) => {
    expect(await (await read(answer)).reading).toEqual(expected);
  });

  it('that Loki refuses is a fault of the plan', async () => {
    const { reading } = await read((_, response) => {
      response
        .writeHead(400, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
        .end('parse error at line 1, col 10: syntax error: unexpected IDENTIFIER');
    });
    await expect(reading).rejects.toMatchObject({
      type: 'QueryInvalid',
      message: 'Loki refused the query: parse error at line 1, col 10: syntax error: unexpected IDENTIFIER',
    });
  });

  const unavailable = { value: 'unavailable', past: 'unavailable' };
  it.each([
    ['500', 500, 'text/plain'],
    ['429', 429, 'text/plain'],
    ['401', 401, 'text/plain'],
    ['a 400 of some proxy', 400, 'text/html'],
    ['a page', 200, 'text/html'],
  ])('is unknown where Loki answers %s', async (_, status, type) => {
    const { reading } = await read((_asked, response) => {
      response.writeHead(status, { 'content-type': type }).end('<h1>Sorry</h1>');
    });
    expect(await reading).toEqual(unavailable);
  });

  it('is unknown where Loki goes away after the first answer', async () => {
    const { reading } = await read(({ path }, response) => {
      if (path.endsWith('/query')) sendJson(response, 200, { status: 'success', data: vector('1') });
      else response.destroy();
    });
    expect(await reading).toEqual(unavailable);
  });
});
