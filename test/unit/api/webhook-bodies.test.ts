import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { aWebhook, rawConnection, startApi, wireAlert } from './api-harness.ts';

interface Problem {
  status: number;
  type: string;
  title: string;
  detail: string;
  errors: { path: string; message: string }[];
}

describe('bodies the webhook refuses', () => {
  it.each([
    ['truncated JSON', '{"version":"4","alerts":['],
    ['no JSON', 'alerts=1'],
    ['an empty body', ''],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ])('answers 400 to %s, without quoting it', async (_what, body) => {
    const api = await startApi();
    const answer = await api.post(body);
    expect(answer.status).toBe(400);
    const problem = (await answer.json()) as Problem;
    expect(problem).toMatchObject({ status: 400, title: 'Bad Request' });
    expect(JSON.stringify(problem)).not.toContain('alerts');
    expect(api.starter.calls).toBe(0);
  });

  it.each(['null', '[]', '"4"', '{}', '{"alerts":{}}'])('answers 400 to %s', async (body) => {
    const api = await startApi();
    const answer = await api.post(body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as Problem).errors.length).toBeGreaterThan(0);
  });

  it('names the path of each fault, and no value', async () => {
    const api = await startApi();
    const alerts = [
      wireAlert(),
      wireAlert({ startsAt: 'hunter2' }),
      wireAlert({ labels: { severity: 42 as unknown as string } }),
      { ...wireAlert(), fingerprint: undefined },
      wireAlert({ status: 'hunter2' as 'firing' }),
    ];
    const answer = await api.post(aWebhook(alerts, { version: ['hunter2'], receiver: 'mendloop' }));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const text = await answer.text();
    expect(text).not.toMatch(/hunter2|42/);
    const problem = JSON.parse(text) as Problem;
    expect(problem.type).toBe('urn:mendloop:problem:payload-invalid');
    expect(problem.errors.map(({ path }) => path).sort()).toEqual([
      'alerts.1.startsAt',
      'alerts.2.labels.severity',
      'alerts.3.fingerprint',
      'alerts.4.status',
      'version',
    ]);
    expect(api.starter.calls).toBe(0);
  });

  it('names a bounded number of faults', async () => {
    const api = await startApi();
    const answer = await api.post(aWebhook(Array(500_000).fill(0)));
    expect(((await answer.json()) as Problem).errors).toHaveLength(20);
  });

  it('refuses label sets without end', async () => {
    const api = await startApi();
    const labels = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`l${index}`, 1]));
    const answer = await api.post(aWebhook([{ ...wireAlert(), labels }], { commonLabels: labels }));
    const { errors } = (await answer.json()) as Problem;
    expect(errors).toEqual([{ path: 'commonLabels', message: expect.stringContaining('1000') as string }]);
  });

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('refuses 5 MB of nested %s before a parser sees them', async (_what, open, close) => {
    const api = await startApi();
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => {
      parse.mockRestore();
    });
    const depth = Math.floor(5_000_000 / (open.length + close.length)) - 100;
    const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
    const valid = JSON.stringify(aWebhook([wireAlert()], { future: 'HERE' })).replace('"HERE"', deep);
    for (const body of [deep, valid]) {
      const answer = await api.post(body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ type: 'urn:mendloop:problem:json-too-deep' });
    }
    expect(parse.mock.calls.filter(([text]) => text.length > 1_000_000)).toEqual([]);
    expect(api.starter.calls).toBe(0);
  });

  it('takes brackets in texts for what they are', async () => {
    const api = await startApi();
    const alert = wireAlert({ annotations: { summary: `\\"${'[{'.repeat(1000)}` } });
    expect((await api.post(aWebhook([alert]))).status).toBe(200);
    expect(api.starter.started.size).toBe(1);
  });

  it('takes __proto__ as the name it is', async () => {
    const api = await startApi();
    const body = JSON.stringify(aWebhook([wireAlert()], { status: 'firing' })).replace(
      '"labels":{',
      '"__proto__":{"polluted":true},"labels":{"__proto__":"a value","constructor":"another",',
    );
    const answer = await api.post(body);
    expect(answer.status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const [alert] = api.starter.started.values();
    expect(Object.getPrototypeOf(alert!.labels)).toBe(Object.prototype);
    expect(JSON.stringify(alert!.labels)).toContain('"__proto__":"a value"');
    expect(alert!.labels['constructor']).toBe('another');
  });

  it('takes label values of any content and 100 kB as they are', async () => {
    const api = await startApi();
    const odd = `"{}\n\r\0\u202e<script>$(x) ${'x'.repeat(100_000)}`;
    await api.post(aWebhook([wireAlert({ labels: { alertname: 'A', odd } })]));
    const [alert] = api.starter.started.values();
    expect(alert!.labels['odd']).toBe(odd);
  });

  it.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/json; charset=utf-16' }],
    [{ 'content-type': 'application/jsonp' }],
    [{ 'content-type': 'nonsense' }],
    [{ 'content-encoding': 'br' }],
  ])('answers 415 to %o', async (headers: Record<string, string>) => {
    const api = await startApi();
    expect((await api.post(aWebhook([wireAlert()]), headers)).status).toBe(415);
  });

  it.each(['application/json', 'Application/JSON; charset="UTF-8"', 'application/json;charset=utf8'])(
    'takes %s',
    async (type) => {
      const api = await startApi();
      expect((await api.post(aWebhook([wireAlert()]), { 'content-type': type })).status).toBe(200);
    },
  );

  it('does not inflate a gzip bomb', async () => {
    const api = await startApi();
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 0x20));
    const answer = await api.post(bomb, { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(415);
    expect(answer.headers.get('accept-encoding')).toBe('identity');
  });

  it('answers 413 to 10 MB, announced or not, and goes on serving', async () => {
    const api = await startApi();
    const body = Buffer.alloc(10 * 1024 * 1024, 0x20);
    expect((await api.post(body)).status).toBe(413);
    const chunked = await fetch(`${api.url}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
    expect((await api.post(aWebhook([]))).status).toBe(200);
  });

  it('takes a body of exactly the limit', async () => {
    const body = JSON.stringify(aWebhook([wireAlert()])).padEnd(4096, ' ');
    const api = await startApi({ settings: { maxBodyBytes: 4096 } });
    expect((await api.post(body)).status).toBe(200);
    expect((await api.post(`${body} `)).status).toBe(413);
  });

  it('cuts a client that sends without end', async () => {
    const api = await startApi({ settings: { maxBodyBytes: 1024 } });
    const socket = await rawConnection(api.url);
    socket.write('POST /webhooks/alertmanager HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n');
    socket.write('Transfer-Encoding: chunked\r\n\r\n');
    const chunk = `400\r\n${' '.repeat(1024)}\r\n`;
    const pump = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pump);
    pump();
    await vi.waitUntil(() => socket.destroyed);
    expect(socket.bytesWritten).toBeLessThan(64 * 1024 * 1024);
    expect((await api.post(aWebhook([]))).status).toBe(200);
  });

  it('ends a client that sends too slowly with something Alertmanager repeats', async () => {
    const api = await startApi({ settings: { requestTimeoutSeconds: 0.2 } });
    const slowHead = await rawConnection(api.url);
    slowHead.write('POST /webhooks/alertmanager HTTP/1.1\r\nHost: 127.0.0.1\r\n');
    const slowBody = await rawConnection(api.url);
    slowBody.write(
      'POST /webhooks/alertmanager HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await vi.waitUntil(() => slowHead.closed && slowBody.closed, { timeout: 25_000 });
    expect(slowHead.received()).toMatch(/^HTTP\/1\.1 503 /);
    expect(slowBody.received()).toMatch(/^HTTP\/1\.1 503 /);
    expect((await api.post(aWebhook([]))).status).toBe(200);
  });

  it('answers 400 and 431 to what is no request', async () => {
    const api = await startApi();
    const garbage = await rawConnection(api.url);
    garbage.write('garbage\r\n\r\n');
    const flood = await rawConnection(api.url);
    flood.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Flood: ${'x'.repeat(70_000)}\r\n\r\n`);
    await vi.waitUntil(() => garbage.closed && flood.closed);
    expect(garbage.received()).toMatch(/^HTTP\/1\.1 400 /);
    expect(flood.received()).toMatch(/^HTTP\/1\.1 431 /);
  });
});
