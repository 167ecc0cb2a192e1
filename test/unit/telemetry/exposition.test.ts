import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { takesOpenMetrics, toOpenMetrics, toPrometheusText } from '../../../src/telemetry/metrics/exposition.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

/** A server that shows metrics as Temporal's SDK does. */
async function sdkShowing(text: string, status = 200): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(text));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

const sdkText = [
  '# HELP temporal_request Count of requests',
  '# TYPE temporal_request counter',
  'temporal_request{operation="PollWorkflowTaskQueue"} 3',
  '# TYPE temporal_num_pollers gauge',
  'temporal_num_pollers{poller_type="workflow_task"} 2',
  '',
].join('\n');

describe('what a scraper is given', () => {
  it.each([
    [undefined, false],
    ['text/plain;version=0.0.4;q=0.5,*/*;q=0.1', false],
    ['application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', true],
    ['application/openmetrics-text;q=0, text/plain', false],
    ['text/html', false],
  ])('takes OpenMetrics: %s -> %s', (accept, takes) => {
    expect(takesOpenMetrics(accept)).toBe(takes);
  });

  it('has the trace of a value as its exemplar in OpenMetrics, ends with EOF, and names counters without their suffix', async () => {
    const metrics = createMetrics();
    metrics.milestoneReached({ milestone: 'acted', seconds: 12, traceId });
    metrics.alertHandled('started', 2);
    const { contentType, body } = await metrics.scrape('application/openmetrics-text');
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const exemplar = `# {trace_id="${traceId}"} 12 `;
    expect(body).toContain(`mendloop_alert_to_milestone_seconds_bucket{le="15",milestone="acted"} 1 ${exemplar}`);
    expect(body).toContain('# TYPE mendloop_alerts counter\nmendloop_alerts_total{result="started"} 2\n');
    expect(body).toMatch(/\n# EOF\n$/);
    expect(body.match(/# EOF/g)).toHaveLength(1);
  });

  it('has neither in the older format, however often the other one was asked for before', async () => {
    const metrics = createMetrics();
    metrics.milestoneReached({ milestone: 'acted', seconds: 12, traceId });
    await metrics.scrape('application/openmetrics-text');
    const { contentType, body } = await metrics.scrape('text/plain');
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).not.toContain(traceId);
    expect(body).not.toContain('EOF');
    expect(body).toContain('# TYPE mendloop_alerts_total counter\nmendloop_alerts_total{result="started"} 0\n');
    expect(body).toMatch(/mendloop_alert_to_milestone_seconds_bucket\{le="15",milestone="acted"\} 1\n/);
  });

  it("has the SDK's own metrics on the same page, in both formats", async () => {
    const metrics = createMetrics({ sdkMetricsUrl: await sdkShowing(sdkText) });
    const old = await metrics.scrape();
    expect(old.body).toContain('# TYPE temporal_request_total counter\ntemporal_request_total{');
    const open = await metrics.scrape('application/openmetrics-text');
    expect(open.body).toContain('# TYPE temporal_request counter\ntemporal_request_total{');
    expect(open.body).toContain('temporal_num_pollers{poller_type="workflow_task"} 2\n# EOF\n');
  });

  it('is there, and says what is missing, when the SDK does not answer or a collector fails or hangs', async () => {
    const metrics = createMetrics({ sdkMetricsUrl: await sdkShowing('no', 500) });
    metrics.addCollector('broken', () => Promise.reject(new Error('away')));
    metrics.addCollector('hanging', () => new Promise(() => undefined));
    const { body } = await metrics.scrape();
    for (const source of ['temporal-sdk', 'broken', 'hanging']) {
      expect(body).toContain(`mendloop_scrape_errors_total{source="${source}"} 1`);
    }
    expect(body).toContain('mendloop_alerts_total{result="started"} 0');
  });

  it('leaves a gauge out until it is known, and when it is known no more', async () => {
    const metrics = createMetrics();
    const shown = async () =>
      (await metrics.scrape()).body.split('\n').filter((line) => line.startsWith('mendloop_paused'));
    expect(await shown()).toEqual([]);
    metrics.guardState({ paused: true });
    expect(await shown()).toEqual(['mendloop_paused 1']);
    metrics.guardState({ paused: false });
    expect(await shown()).toEqual(['mendloop_paused 0']);
    metrics.guardState({});
    expect(await shown()).toEqual([]);
  });
});

describe('conversion', () => {
  it('keeps label values that look like an exemplar, an end or a comment', () => {
    const line = 'mendloop_x_total{rule="a # {trace_id=\\"b\\"} 1 2\\n# EOF"} 1';
    const open = `# TYPE mendloop_x counter\n${line}\n# EOF\n`;
    expect(toPrometheusText(open)).toBe(`# TYPE mendloop_x_total counter\n${line}\n`);
    expect(toOpenMetrics(toPrometheusText(open))).toBe(`# TYPE mendloop_x counter\n${line}\n`);
  });
});
