import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createHttpEndpoint } from '../../../src/clients/http/http-endpoint.ts';
import { endpointSchema } from '../../../src/config/schema.ts';
import { type RecordedSpans, recordSpans } from '../../support/recorded-spans.ts';
import { aWebhook, startApi, wireAlerts } from '../api/api-harness.ts';

let recorded: RecordedSpans;
beforeEach(() => {
  recorded = recordSpans();
});
afterEach(() => recorded.stop());

/** A server that answers everything with a status and keeps the headers that it was sent. */
async function answering(status: number) {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(status).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { seen, port: (server.address() as AddressInfo).port };
}

async function ask(url: string, path: string) {
  const endpoint = createHttpEndpoint(endpointSchema.parse({ url }));
  onTestFinished(() => endpoint.close());
  return await endpoint.request({ method: 'POST', path });
}

describe('a request to another server', () => {
  it('is a span of the present trace, and hands it on', async () => {
    const { seen, port } = await answering(200);
    const { traceId } = await recorded.inSpan('work', () =>
      ask(`http://127.0.0.1:${port}/prometheus`, '/api/v1/query'),
    );
    const span = recorded.spans.find(({ name }) => name === 'POST /api/v1/query');
    expect(span?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': port,
      'url.path': '/api/v1/query',
    });
    expect(seen[0]?.['traceparent']).toBe(`00-${traceId}-${span?.spanContext().spanId ?? ''}-01`);
  });

  it("does not show the path of the endpoint's own URL, which may be a secret", async () => {
    const { port } = await answering(200);
    await recorded.inSpan('work', () => ask(`http://127.0.0.1:${port}/services/T000/B000/hunter2`, ''));
    const span = recorded.spans.find(({ kind, name }) => kind === SpanKind.CLIENT && name !== 'work');
    expect(span?.name).toBe('POST');
    expect(JSON.stringify([span?.attributes, span?.events])).not.toContain('hunter2');
  });

  it('that fails says how, and no more', async () => {
    const { port } = await answering(503);
    await recorded.inSpan('work', () =>
      ask(`http://127.0.0.1:${port}`, '/api/v2/silence/0af76519-16cd-43dd-8448-eb211c80319c'),
    );
    const span = recorded.spans.find(({ name }) => name === 'POST /api/v2/silence/{id}');
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes).toMatchObject({ 'error.type': '503', 'http.response.status_code': 503 });
  });

  it('outside a trace is no span and has no header', async () => {
    const { seen, port } = await answering(200);
    await ask(`http://127.0.0.1:${port}`, '/api/v1/query');
    expect(recorded.spans).toEqual([]);
    expect(seen[0]).not.toHaveProperty('traceparent');
  });
});

describe('a webhook', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const sender = '00f067aa0ba902b7';

  it("is a part of its sender's trace, and its alerts lead there", async () => {
    const api = await startApi();
    const response = await api.post(aWebhook(wireAlerts(1)), { traceparent: `00-${traceId}-${sender}-01` });
    expect(response.status).toBe(200);
    await expect.poll(() => recorded.spans.length).toBe(1);
    const [span] = recorded.spans;
    expect(span?.name).toBe('POST /webhooks/alertmanager');
    expect(span?.spanContext().traceId).toBe(traceId);
    expect(span?.parentSpanContext?.spanId).toBe(sender);
    expect(span?.attributes).toMatchObject({
      'http.response.status_code': 200,
      'http.route': '/webhooks/alertmanager',
    });
    const { body } = await api.metrics.scrape('application/openmetrics-text');
    expect(body).toMatch(new RegExp(`mendloop_alert_to_milestone_seconds_bucket\\{.*received.*trace_id="${traceId}"`));
    expect(api.log.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ msg: 'webhook taken', trace_id: traceId }),
    );
  });

  it('whose sender does not record is not recorded either', async () => {
    const api = await startApi();
    await api.post(aWebhook(wireAlerts(1)), { traceparent: `00-${traceId}-${sender}-00` });
    expect(recorded.spans).toEqual([]);
  });

  it('that is broken begins a trace of its own, whatever its sender says', async () => {
    const api = await startApi();
    const response = await api.post('{', { traceparent: 'not a traceparent' });
    expect(response.status).toBe(400);
    await expect.poll(() => recorded.spans.length).toBe(1);
    expect(recorded.spans[0]?.parentSpanContext).toBeUndefined();
    expect(recorded.spans[0]?.attributes['http.response.status_code']).toBe(400);
  });

  it('that is only read is no span', async () => {
    const api = await startApi();
    await fetch(`${api.url}/metrics`);
    await fetch(`${api.url}/webhooks/alertmanager`);
    expect(recorded.spans).toEqual([]);
  });
});
