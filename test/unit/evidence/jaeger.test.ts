import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJaeger } from '../../../src/clients/evidence/read-jaeger.ts';
import { measureTraces } from '../../../src/clients/jaeger/measure-traces.ts';
import { responseSchema } from '../../../src/clients/jaeger/response-schema.ts';
import type { SignalSource } from '../../../src/domain/plan/evidence-clause.ts';
import { sendJson } from '../prometheus/local-server.ts';
import { aSignal } from './clauses.ts';
import { type Answer, aSource, jaegerAt } from './sources.ts';

/**
 * What Jaeger 1.76 answered for four traces of three spans, sent to it by OTLP: the frontend's `GET /` (0.9 s) calls the
 * order-service's `POST /orders` (0.1 to 0.4 s; the longest failed), which calls its own `pay` (0.05 s).
 */
const recorded: unknown = JSON.parse(readFileSync(join(import.meta.dirname, 'jaeger-answer.json'), 'utf8'));
const traces = responseSchema.parse(recorded).data ?? [];
const none = { data: [], total: 0, limit: 0, offset: 0, errors: null };

describe('a measure of traces', () => {
  it.each([
    ['the errors of a service', { service: 'order-service', measure: 'error_ratio' }, 0.25],
    ['the errors of another', { service: 'frontend', measure: 'error_ratio' }, 0],
    ['the spans by which a service was entered', { service: 'order-service', measure: 'p95_seconds' }, 0.4],
    ['those of the whole trace', { service: 'frontend', measure: 'p95_seconds' }, 0.9],
    ['those of an operation', { service: 'order-service', operation: 'pay', measure: 'p95_seconds' }, 0.05],
    ['errors of a service that is not there', { service: 'nobody', measure: 'error_ratio' }, undefined],
    ['times of a service that is not there', { service: 'nobody', measure: 'p95_seconds' }, undefined],
  ] as const)('tells %s', (_, measure, expected) => {
    expect(measureTraces(traces, measure)).toBe(expected);
  });

  it('is undefined without traces', () => {
    expect(measureTraces([], { service: 'frontend', measure: 'error_ratio' })).toBeUndefined();
  });
});

function jaegerSource(more: Record<string, unknown> = {}, baseline: Record<string, unknown> = {}) {
  const signal = aSignal({
    source: { kind: 'jaeger', service: 'order-service', measure: 'p95_seconds', ...more },
    baseline,
  });
  return { baseline: signal.baseline, source: signal.source as Extract<SignalSource, { kind: 'jaeger' }> };
}

async function read(answer: Answer, signal = jaegerSource(), settings: Record<string, unknown> = {}) {
  const server = await aSource(answer);
  const request = { ...signal, now: 1_700_000_000, signal: new AbortController().signal };
  return { server, reading: readJaeger(jaegerAt(server.url, settings), request) };
}

describe('a signal of Jaeger', () => {
  it('is asked for window by window', async () => {
    const { server, reading } = await read(
      (_, response) => {
        sendJson(response, 200, recorded);
      },
      jaegerSource({ operation: 'POST /orders', windowSeconds: 30 }, { lookbackSeconds: 600, excludeSeconds: 300 }),
      { maxTraces: 7 },
    );
    expect(await reading).toEqual({ value: 0.4, past: Array.from({ length: 6 }, () => 0.4) });
    expect(server.requests[0]).toMatchObject({
      path: '/api/traces',
      query: { service: 'order-service', operation: 'POST /orders', limit: '7', end: '1700000000000000' },
    });
    const windows = server.requests.map(({ query }) => [Number(query['start']), Number(query['end'])] as const);
    expect(windows.every(([start, end]) => end - start === 30_000_000)).toBe(true);
    expect(windows.slice(1).map(([, end]) => end / 1e6 - 1_700_000_000)).toEqual([-300, -360, -420, -480, -540, -600]);
  });

  it('asks for sixty windows of the past at most, over all of it, that do not overlap', async () => {
    const { server, reading } = await read(
      (_, response) => {
        sendJson(response, 200, recorded);
      },
      jaegerSource({ windowSeconds: 120 }, { lookbackSeconds: 36_000, excludeSeconds: 300, stepSeconds: 10, days: 2 }),
    );
    expect((await reading).past).toHaveLength(60);
    const ends = server.requests.slice(1).map(({ query }) => Number(query['end']) / 1e6 - 1_700_000_000);
    expect(Math.max(...ends)).toBe(-360);
    expect(Math.min(...ends)).toBeLessThan(-2 * 86_400);
    const gaps = ends
      .toSorted((one, other) => one - other)
      .map((end, index, all) => end - (all[index - 1] ?? -Infinity));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(120);
  });

  it('is unknown where there are no traces now, and asks no further', async () => {
    const { server, reading } = await read((_, response) => {
      sendJson(response, 200, none);
    });
    expect(await reading).toEqual({ value: 'empty', past: [] });
    expect(server.requests).toHaveLength(1);
  });

  it('leaves out windows of the past without traces', async () => {
    let asked = 0;
    const { reading } = await read((_, response) => {
      asked += 1;
      sendJson(response, 200, asked % 2 === 1 ? recorded : none);
    });
    expect((await reading).past).toHaveLength(28);
  });

  it.each([
    ['500', 500, recorded],
    ['an error beside data', 200, { ...(recorded as object), errors: [{ code: 500, msg: 'one trace was lost' }] }],
    ['a refusal', 400, { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 400, msg: 'no' }] }],
    ['something else', 200, { hello: 1, data: 'x' }],
  ])('is unknown where Jaeger answers %s', async (_, status, body) => {
    const { reading } = await read((_asked, response) => {
      sendJson(response, status, body);
    });
    expect(await reading).toEqual({ value: 'unavailable', past: 'unavailable' });
  });

  it('stops asking when Jaeger goes away', async () => {
    let asked = 0;
    const { server, reading } = await read((_, response) => {
      asked += 1;
      if (asked === 1) sendJson(response, 200, recorded);
      else response.destroy();
    });
    expect(await reading).toEqual({ value: 'unavailable', past: 'unavailable' });
    expect(server.requests.length).toBeLessThanOrEqual(5);
  });
});
