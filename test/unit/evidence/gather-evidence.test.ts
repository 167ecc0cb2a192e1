import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEvidenceActivities, type EvidenceActivities } from '../../../src/activities/evidence.ts';
import { createPrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import type { EvidenceReport } from '../../../src/domain/evidence/evidence-report.ts';
import { type EvidenceClause, evidenceClauseSchema } from '../../../src/domain/plan/evidence-clause.ts';
import { bodyOf, sendJson, serve } from '../prometheus/local-server.ts';
import { settingsFor } from '../prometheus/scripted-prometheus.ts';
import { type Answer, aSource, jaegerAt, lokiAt } from './sources.ts';

/** Prometheus's clock is far from ours on purpose. */
const CLOCK = 1_600_000_000;

type Gather = EvidenceActivities['gatherEvidence'];

const clause = evidenceClauseSchema.parse({
  threshold: 0.6,
  signals: [
    { name: 'timeouts', minChange: 1, source: { kind: 'loki', query: { expr: 'timeouts' }, whenEmpty: 'zero' } },
    { name: 'failed traces', source: { kind: 'jaeger', service: 'shop', measure: 'error_ratio' } },
  ],
});
const metricSignal = { name: 'p95', source: { kind: 'prometheus', query: { expr: 'p95' } } };

function prometheusAt(url: string) {
  const client = createPrometheusClient(settingsFor(url));
  onTestFinished(() => client.close());
  return client;
}

const nowhere = () => prometheusAt('http://127.0.0.1:9');

async function gather(activities: EvidenceActivities, evidence: EvidenceClause, environment = anEnvironment()) {
  return await environment.run<Parameters<Gather>, EvidenceReport, Gather>(activities.gatherEvidence, { evidence });
}

function anEnvironment() {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
}

const loki: Answer = ({ path }, response) => {
  const data = path.endsWith('/query')
    ? { resultType: 'vector', result: [{ metric: {}, value: [1, '4'] }] }
    : { resultType: 'matrix', result: [] };
  sendJson(response, 200, { status: 'success', data });
};

describe('gatherEvidence', () => {
  it('weighs what the sources say', async () => {
    const server = await aSource(loki);
    const activities = createEvidenceActivities({ prometheus: nowhere(), loki: lokiAt(server.url) });
    expect(await gather(activities, clause)).toMatchObject({
      confidence: 0.5,
      enough: false,
      signals: [
        { name: 'timeouts', value: 4, median: 0, score: 1, samples: 56 },
        { name: 'failed traces', value: null, score: 0, reason: 'not_configured' },
      ],
    });
  });

  it('takes sources that are away for unknown, never for evidence', async () => {
    const activities = createEvidenceActivities({
      prometheus: nowhere(),
      loki: lokiAt('http://127.0.0.1:9'),
      jaeger: jaegerAt('http://127.0.0.1:9'),
    });
    const evidence = evidenceClauseSchema.parse({ ...clause, signals: [...clause.signals, metricSignal] });
    const report = await gather(activities, evidence);
    expect(report).toMatchObject({ confidence: 0, enough: false });
    expect(report.signals.map(({ reason }) => reason)).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(report.summary).toContain('failed traces unknown (unavailable)');
  });

  it('asks Prometheus for a past by its own clock', async () => {
    const spans: number[][] = [];
    const point = (value: number) => [CLOCK, String(value)];
    const server = await serveForms((form, path) => {
      if (path.endsWith('query_range')) {
        spans.push([Number(form.get('start')) - CLOCK, Number(form.get('end')) - CLOCK, Number(form.get('step'))]);
        const values = Array.from({ length: 12 }, (_, index) => point(1 + (index % 3)));
        return { resultType: 'matrix', result: [{ metric: {}, values }] };
      }
      // The value together with the probe of its freshness.
      const probe = ['now', '0'].map((selector) => ({ metric: { selector }, value: point(CLOCK) }));
      const value = { metric: { mendloop_value: 'mendloop_value' }, value: point(50) };
      return { resultType: 'vector', result: [...probe, value] };
    });
    const activities = createEvidenceActivities({ prometheus: prometheusAt(server.url) });
    const evidence = evidenceClauseSchema.parse({
      threshold: 1,
      signals: [{ ...metricSignal, baseline: { days: 7, weeks: 2, stepSeconds: 30 } }],
    });
    expect(await gather(activities, evidence)).toMatchObject({
      enough: true,
      signals: [{ value: 50, median: 2, mad: 1, samples: 12 * 9 }],
    });
    const day = 86_400;
    expect(spans.toSorted((one, other) => other[0]! - one[0]!)).toEqual([
      [-3600, -300, 30],
      ...[1, 2, 3, 4, 5, 6, 7, 14].map((days) => [-days * day - 1800, -days * day + 1800, 30]),
    ]);
  });

  it('takes a counter that is there only while something is wrong for 0, now and in the past', async () => {
    const errors: number[] = [];
    const server = await serveForms((form, path) => {
      const query = form.get('query') ?? '';
      if (path.endsWith('query_range')) {
        return { resultType: 'matrix', result: [{ metric: {}, values: [[CLOCK, '3']] }] };
      }
      const result = query.includes('timestamp(')
        ? [{ metric: { selector: 'now' }, value: [CLOCK, String(CLOCK)] }]
        : errors.map((value) => ({ metric: {}, value: [CLOCK, String(value)] }));
      return { resultType: 'vector', result };
    });
    const activities = createEvidenceActivities({ prometheus: prometheusAt(server.url) });
    const query = { expr: 'sum(rate(errors[1m]))' };
    const judged = async (whenEmpty: string) =>
      (
        await gather(
          activities,
          evidenceClauseSchema.parse({
            threshold: 1,
            signals: [{ name: 'errors', minChange: 1, source: { kind: 'prometheus', query, whenEmpty } }],
          }),
        )
      ).signals[0];
    expect(await judged('zero')).toMatchObject({ value: 0, median: 0, samples: 56, score: 0 });
    expect(await judged('unknown')).toMatchObject({ value: null, reason: 'empty' });
  });

  it('takes a Prometheus that cannot answer for a while (422) for unknown', async () => {
    const server = await aSource((_, response) => {
      sendJson(response, 422, { status: 'error', errorType: 'execution', error: 'no store matches this query' });
    });
    const activities = createEvidenceActivities({ prometheus: prometheusAt(server.url) });
    const evidence = evidenceClauseSchema.parse({ threshold: 1, signals: [metricSignal] });
    expect(await gather(activities, evidence)).toMatchObject({ enough: false, signals: [{ reason: 'unavailable' }] });
  });

  it('fails for a query that can never be judged', async () => {
    const server = await aSource((_, response) => {
      response.writeHead(400, { 'content-type': 'text/plain' }).end('parse error');
    });
    const activities = createEvidenceActivities({ prometheus: nowhere(), loki: lokiAt(server.url) });
    await expect(gather(activities, clause)).rejects.toMatchObject({ type: 'QueryInvalid', nonRetryable: true });
    const evidence = evidenceClauseSchema.parse({
      threshold: 0,
      signals: [{ ...metricSignal, source: { kind: 'prometheus', query: { expr: 'p95 @ 5' } } }],
    });
    await expect(gather(activities, evidence)).rejects.toMatchObject({ type: 'QueryInvalid' });
  });

  it('gives signs of life while a source is slow, and hears of a cancellation', async () => {
    const server = await aSource(() => undefined); // Never answers.
    const activities = createEvidenceActivities({
      prometheus: nowhere(),
      loki: lokiAt(server.url, { timeoutSeconds: 60 }),
    });
    const environment = anEnvironment();
    const beat = Promise.withResolvers<undefined>();
    environment.on('heartbeat', () => {
      beat.resolve(undefined);
    });
    const gathering = gather(activities, clause, environment);
    gathering.catch(() => undefined);
    await beat.promise;
    environment.cancel('CANCELLED');
    await expect(gathering).rejects.toThrow(/CANCELLED/i);
  });
});

/** An HTTP server that answers forms as Prometheus does. */
async function serveForms(answer: (form: URLSearchParams, path: string) => unknown) {
  const server = await serve((request, response) => {
    void bodyOf(request).then((body) => {
      sendJson(response, 200, { status: 'success', data: answer(new URLSearchParams(body), request.url ?? '') });
    });
  });
  onTestFinished(() => server.close());
  return server;
}
