import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchAlert, webhookBody } from '../../bench/world/alerts.ts';
import type { Workload } from '../../src/clients/kubernetes/workload.ts';
import { alertIdentity, remediationId } from '../../src/domain/alert/remediation-id.ts';
import { waitFor } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { dashboards, DASHBOARDS_FOLDER } from '../../tools/dashboards/index.ts';
import { type CollectedSpan, readLogs, readSpans } from '../support/observability/collected.ts';
import { NAMESPACE, SERVICE } from '../support/observability/deployment.ts';
import { ALERT, type ObservedRun, SECRET, startObservedRun } from '../support/observability/observed-run.ts';
import { filledIn, panelQueries, parseDashboard } from '../support/observability/panel-queries.ts';

/** As Alertmanager sends it where it traces itself. */
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SENDER_SPAN = '00f067aa0ba902b7';
const headers = {
  'content-type': 'application/json',
  authorization: `Bearer ${SECRET}`,
  traceparent: `00-${TRACE_ID}-${SENDER_SPAN}-01`,
};

const alert = benchAlert({
  alertname: ALERT,
  namespace: NAMESPACE,
  service: SERVICE,
  api_token: 'ghp_0123456789abcdefghij',
});
const id = remediationId({ ...alertIdentity('default', alert), n: 1 });
/** Loaded machines are slow; nothing here is about speed. */
const patient = { timeout: 90_000, interval: 250 };

let run: ObservedRun;
let startedAt: number;

beforeAll(async () => {
  run = await startObservedRun();
  startedAt = Date.now() / 1000;
  // The plots have a before.
  await until('a signal of the service', () =>
    valueOf(`rate(http_request_duration_seconds_count{service="${SERVICE}"}[5s])`),
  );
  await until('the alert to fire', () => valueOf(`ALERTS{alertname="${ALERT}",alertstate="firing"} == 1`));
  const fired = await fetch(run.mendloop.webhook, { method: 'POST', headers, body: webhookBody([alert]) });
  expect(fired.status).toBe(200);
  await until('the cure', () => valueOf('mendloop_remediations_running{phase="watching"} == 1'));
  const { traceparent: _none, ...untraced } = headers;
  const resolved = await fetch(run.mendloop.webhook, {
    method: 'POST',
    headers: untraced,
    body: webhookBody([alert], 'resolved'),
  });
  expect(resolved.status).toBe(200);
  await until('the end to be counted', () => valueOf('remediation_success_total == 1'));
  await until('the last span', async () => (await traceSpans()).find(({ name }) => name === 'RunWorkflow:remediation'));
});

afterAll(() => run.stop());

async function until(what: string, look: () => Promise<unknown>): Promise<void> {
  await waitFor(async () => (await look()) !== undefined, { what, timeoutMs: 90_000, intervalMs: 250 });
}

async function valueOf(expr: string): Promise<number | undefined> {
  const answer = await run.prometheus.instantQuery(expr);
  return answer.resultType === 'vector' ? answer.result[0]?.value?.value : undefined;
}

async function traceSpans(): Promise<CollectedSpan[]> {
  return (await readSpans(run.files.traces)).filter(({ traceId }) => traceId === TRACE_ID);
}

describe('a flash sale, exported through a real Collector', () => {
  it('is one connected trace that begins with the span of its sender', async () => {
    const spans = await traceSpans();
    const known = new Set(spans.map(({ spanId }) => spanId));
    const orphans = spans.filter(({ parentSpanId }) => parentSpanId !== SENDER_SPAN && !known.has(parentSpanId));
    expect(orphans.map(({ name }) => name)).toEqual([]);
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === SENDER_SPAN);
    expect(roots.map(({ name }) => name)).toEqual(['POST /webhooks/alertmanager']);
  });

  it('has every step, each below the one that it belongs to', async () => {
    const spans = await traceSpans();
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const paths = spans.map((span) => {
      const path = [span.name];
      for (let at = byId.get(span.parentSpanId); at !== undefined; at = byId.get(at.parentSpanId))
        path.unshift(at.name);
      return path.join(' > ');
    });
    const start = 'POST /webhooks/alertmanager > StartWorkflow:remediation > RunWorkflow:remediation';
    const activity = (name: string) => `${start} > StartActivity:${name} > RunActivity:${name}`;
    for (const name of ['prepare', 'scale', 'verifyRemediation', 'releaseTarget', 'leave']) {
      expect(paths, name).toContain(activity(name));
    }
    // What the steps did outside: the API server, Prometheus. What `prepare` asks is begun beside the start where both are
    // one process, and then lies below the request that started it.
    const prepared = (name: string) =>
      paths.filter((path) => path.startsWith('POST /webhooks/alertmanager > ') && path.endsWith(` > ${name}`));
    expect(prepared('GET deployments')).not.toEqual([]);
    expect(paths).toContain(`${activity('scale')} > PATCH deployments/scale`);
    expect(prepared('POST /api/v1/query').filter((path) => !path.includes('verifyRemediation'))).not.toEqual([]);
    expect(paths).toContain(`${activity('verifyRemediation')} > POST /api/v1/query`);
  });

  it('says whose it is by attributes, and what came of it', async () => {
    const spans = await traceSpans();
    const [workflow] = spans.filter(({ name }) => name === 'RunWorkflow:remediation');
    const target = `default/${NAMESPACE}/Deployment/${SERVICE}`;
    expect(workflow?.attributes).toMatchObject({
      'mendloop.remediation.id': id,
      'mendloop.cluster': 'default',
      'mendloop.alert.name': ALERT,
      'mendloop.alert.fingerprint': alert.fingerprint,
      'mendloop.target': target,
      'mendloop.action': 'scale',
      'mendloop.mode': 'auto',
      'mendloop.outcome': 'remediated',
    });
    const [act] = spans.filter(({ name }) => name === 'RunActivity:scale');
    expect(act?.attributes).toMatchObject({ 'mendloop.remediation.id': id, 'mendloop.target': target });
    const [patch] = spans.filter(({ name }) => name === 'PATCH deployments/scale');
    expect(patch?.attributes).toMatchObject({
      'http.request.method': 'PATCH',
      'http.response.status_code': 200,
      'url.path': `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${SERVICE}/scale`,
      'server.address': '127.0.0.1',
    });
    expect(act?.resource).toMatchObject({ 'service.name': 'mendloop', 'k8s.cluster.name': 'test' });
  });

  it('does not wait for the end: the act was out while the alert still fired', async () => {
    const spans = await traceSpans();
    const end = (name: string) => spans.find((span) => span.name === name)?.endNano ?? 0n;
    expect(end('RunActivity:scale')).toBeGreaterThan(0n);
    expect(end('RunActivity:scale')).toBeLessThan(end('RunWorkflow:remediation'));
  });

  it('ships its log with the trace and the workflow', async () => {
    await expect
      .poll(async () => (await readLogs(run.files.logs)).filter(({ body }) => body === 'webhook taken'), patient)
      .toContainEqual(expect.objectContaining({ severity: 'INFO', traceId: TRACE_ID }));
    const own = (await run.mendloop.log()).filter((line) => line['msg'] === 'webhook taken');
    expect(own).toContainEqual(expect.objectContaining({ trace_id: TRACE_ID }));
  });

  it('shows no secret, neither in a trace nor in a log', () => {
    const text = [run.files.traces, run.files.logs].map((file) => readFileSync(file, 'utf8')).join('\n');
    expect(text).toContain(TRACE_ID);
    for (const secret of [SECRET, 'ghp_0123456789']) expect(text).not.toContain(secret);
  });
});

describe('metrics', () => {
  it('lead from a value to its trace', async () => {
    const traced = async () => {
      const query = new URLSearchParams({
        query: 'mendloop_alert_to_milestone_seconds_bucket',
        start: String(startedAt - 60),
        end: String(Date.now() / 1000 + 60),
      });
      const response = await fetch(`${run.prometheusUrl}/api/v1/query_exemplars?${query.toString()}`);
      const { data } = (await response.json()) as {
        data: { seriesLabels: { milestone: string }; exemplars: { labels: { trace_id: string } }[] }[];
      };
      const ofTrace = data.filter(({ exemplars }) => exemplars.some(({ labels }) => labels.trace_id === TRACE_ID));
      return [...new Set(ofTrace.map(({ seriesLabels }) => seriesLabels.milestone))].toSorted();
    };
    // The next scrape has what the last one was too early for.
    await expect.poll(traced, patient).toEqual(['acted', 'decided', 'received', 'resolved', 'verified']);
  });

  it('of an application reach Prometheus through the Collector by remote write', async () => {
    const now = `${BigInt(Date.now()) * 1_000_000n}`;
    const gauge = { dataPoints: [{ asDouble: 42, timeUnixNano: now }] };
    const body = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'shop_orders_open', gauge }] }] }] };
    const response = await fetch(`${run.collectorUrl}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    await expect.poll(() => valueOf('shop_orders_open'), patient).toBe(42);
  });
});

describe('the dashboards, asked of a Prometheus that scraped this run', () => {
  const variables = {
    job: '.+',
    human_minutes: '30',
    objective: '0.2',
    namespace: NAMESPACE,
    deployment: SERVICE,
    __rate_interval: '5s',
    __range: '10m',
  };
  const parsed = Object.keys(dashboards).map((name) =>
    parseDashboard(readFileSync(join(packageRoot(), DASHBOARDS_FOLDER, name), 'utf8')),
  );

  it.each(parsed.flatMap(panelQueries))('$where shows something', async ({ expr }) => {
    const shown = async () => {
      const end = Date.now() / 1000;
      const answer = await run.prometheus.rangeQuery({
        expr: filledIn(expr, variables),
        // Whole steps back from now: the last of what was counted may be younger than a step.
        start: end - Math.ceil(end - startedAt),
        end,
        stepSeconds: 1,
      });
      return answer.flatMap(({ values }) => values.map(({ value }) => value)).filter(Number.isFinite).length;
    };
    // A rate needs two scrapes.
    await expect.poll(shown, patient).toBeGreaterThan(0);
  });

  it('mark the remediation at the moment of its change', async () => {
    const [remediations] = parsed.flatMap(({ annotations }) =>
      annotations.list.filter(({ name }) => name === 'Remediations'),
    );
    const at = async () => ((await valueOf(filledIn(remediations?.expr ?? '', variables))) ?? 0) / 1000;
    await expect.poll(at, patient).toBeGreaterThan(startedAt);
    expect(await at()).toBeLessThan(Date.now() / 1000);
  });

  it('show the cure: more replicas, and requests that are fast again', async () => {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${SERVICE}`;
    expect((await run.kubernetes.get<Workload>(path)).spec?.replicas).toBe(5);
    await expect.poll(() => valueOf(`kube_deployment_spec_replicas{deployment="${SERVICE}"}`), patient).toBe(5);
  });
});
