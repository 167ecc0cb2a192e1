import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createHttpEndpoint, type HttpEndpointOptions } from '../../../src/clients/http/http-endpoint.ts';
import { HttpFailure } from '../../../src/clients/http/http-failure.ts';
import { retryAfterMs } from '../../../src/clients/http/retry-after.ts';
import { type Endpoint, endpointSchema } from '../../../src/config/schema.ts';
import { type LocalServer, serve } from './local-server.ts';
import { selfSigned } from '../../support/certificates.ts';

const PASSWORD = 'hunter2-very-secret';

let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
  delete process.env['TEST_HTTP_SECRET'];
});

function endpointAt(url: string, settings: Record<string, unknown> = {}, options?: HttpEndpointOptions) {
  const endpoint = createHttpEndpoint(endpointSchema.parse({ url, timeoutSeconds: 5, ...settings }), options);
  onTestFinished(() => endpoint.close());
  return endpoint;
}

/** An endpoint whose server keeps the requests it got and answers `ok`, or by the listener. */
async function recorded({
  path = '',
  settings = {},
  listener = (_, response) => void response.end('ok'),
}: { path?: string; settings?: Record<string, unknown>; listener?: RequestListener } = {}) {
  const requests: IncomingMessage[] = [];
  server = await serve((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  return { endpoint: endpointAt(server.url + path, settings), requests, url: server.url };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mendloop-http-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

const failureOf = async (promise: Promise<unknown>): Promise<HttpFailure> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpFailure);
  return error as HttpFailure;
};

describe('the URL', () => {
  it.each([
    ['', '/api/v1/query', {}, '/api/v1/query'],
    ['/prometheus', '/api/v1/query', {}, '/prometheus/api/v1/query'],
    ['/prometheus/', '/api/v1/query', { a: 'b c&d' }, '/prometheus/api/v1/query?a=b+c%26d'],
    ['/hook/?token=t', '', {}, '/hook/?token=t'],
    ['/hook?token=t', '/v2', { a: 'b' }, '/hook/v2?token=t&a=b'],
  ])('of an endpoint at %s with the path %s', async (base, path, query, expected) => {
    const { endpoint, requests } = await recorded({ path: base });
    await endpoint.request({ method: 'GET', path, query });
    expect(requests[0]?.url).toBe(expected);
  });

  it('must not hold credentials', () => {
    const url = `http://operator:${PASSWORD}@127.0.0.1:1`;
    expect(() => endpointAt(url)).toThrow('holds credentials');
    expect(() => endpointAt(url)).not.toThrow(PASSWORD);
  });
});

describe('authentication', () => {
  it('sends the bearer token of a file, and the new one once the file has changed', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'first\n');
    const { endpoint, requests } = await recorded({ settings: { bearer: { file } } });
    await endpoint.request({ method: 'GET', path: '/' });
    writeFileSync(file, 'second\n');
    await endpoint.request({ method: 'GET', path: '/' });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  it('sends a user name with the password of an environment variable, whatever headers say', async () => {
    process.env['TEST_HTTP_SECRET'] = 'p:ä';
    const { endpoint, requests } = await recorded({
      settings: {
        basic: { username: 'operator', password: { env: 'TEST_HTTP_SECRET' } },
        headers: { Authorization: 'of the settings', 'X-Team': 'settings' },
      },
    });
    await endpoint.request({ method: 'POST', path: '/', body: 'x', headers: { 'x-team': 'request' } });
    const { authorization, 'x-team': team } = requests[0]!.headers;
    expect(Buffer.from(authorization!.replace('Basic ', ''), 'base64').toString()).toBe('operator:p:ä');
    expect(team).toBe('request');
  });

  it('sends nothing when its secret is not to be had, and names the variable', async () => {
    const { endpoint, requests } = await recorded({ settings: { bearer: { env: 'TEST_HTTP_SECRET' } } });
    const failure = await failureOf(endpoint.request({ method: 'GET', path: '/' }));
    expect(failure).toMatchObject({ kind: 'no_credentials' });
    expect(failure.message).toContain('TEST_HTTP_SECRET');
    expect(requests).toEqual([]);
  });
});

describe('a secret file', () => {
  it.each([
    ['that is missing', 'missing'],
    ['that is empty', 'empty'],
  ])('%s is named, and nothing is sent', async (_, name) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'empty'), '\n');
    const { endpoint, requests } = await recorded({ settings: { bearer: { file: join(folder, name) } } });
    const failure = await failureOf(endpoint.request({ method: 'GET', path: '/' }));
    expect(failure).toMatchObject({ kind: 'no_credentials' });
    expect(failure.message).toContain(join(folder, name));
    expect(requests).toEqual([]);
  });
});

describe('an answer', () => {
  it('of any status is given, with its headers and the time to wait', async () => {
    const { endpoint } = await recorded({
      listener: (_, response) => void response.writeHead(503, { 'Retry-After': '7' }).end('later'),
    });
    const answer = await endpoint.request({ method: 'GET', path: '/' });
    expect(answer).toMatchObject({ status: 503, text: 'later', retryAfterMs: 7000, headers: { 'retry-after': '7' } });
  });

  it('that redirects is not followed', async () => {
    const { endpoint, requests } = await recorded({
      listener: (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
    });
    expect(await endpoint.request({ method: 'GET', path: '/' })).toMatchObject({ status: 302 });
    expect(requests).toHaveLength(1);
  });

  it.each([true, false])('beyond the limit is refused (length announced: %s)', async (announced) => {
    server = await serve((_, response) => {
      if (announced) response.setHeader('content-length', 2000);
      response.write('x'.repeat(1000));
      response.end('x'.repeat(1000));
    });
    const endpoint = endpointAt(server.url, {}, { maxResponseBytes: 1500 });
    expect(await failureOf(endpoint.request({ method: 'GET', path: '/' }))).toMatchObject({ kind: 'too_large' });
  });
});

describe('no answer', () => {
  it.each([
    ['at all', (() => undefined) satisfies RequestListener],
    ['that ends', ((_, response) => void response.write('begun')) satisfies RequestListener],
  ])('%s: a timeout', async (_, listener: RequestListener) => {
    const { endpoint } = await recorded({ settings: { timeoutSeconds: 0.05 }, listener });
    expect(await failureOf(endpoint.request({ method: 'GET', path: '/' }))).toMatchObject({ kind: 'timeout' });
  });

  it('because nobody listens: unreachable, with nothing of the request in the error', async () => {
    process.env['TEST_HTTP_SECRET'] = PASSWORD;
    const gone = await serve(() => undefined);
    await gone.close();
    const endpoint = endpointAt(`${gone.url}/services/${PASSWORD}?key=${PASSWORD}`, {
      bearer: { env: 'TEST_HTTP_SECRET' },
      headers: { 'x-key': PASSWORD },
    });
    const failure = await failureOf(endpoint.request({ method: 'POST', path: '/x', body: PASSWORD }));
    expect(failure).toMatchObject({ kind: 'unreachable', message: `${gone.url} gave no answer: ECONNREFUSED` });
    expect(JSON.stringify(failure) + String(failure.stack) + String(failure.cause)).not.toContain(PASSWORD);
  });

  it('wanted any more: rejects with the reason of the signal', async () => {
    const caller = new AbortController();
    const { endpoint } = await recorded({
      listener: () => {
        caller.abort(new RangeError('enough'));
      },
    });
    const request = endpoint.request({ method: 'GET', path: '/', signal: caller.signal });
    await expect(request).rejects.toThrow(new RangeError('enough'));
  });
});

describe('TLS', () => {
  const mine = selfSigned('mendloop.test');
  const theirs = selfSigned('prometheus.test');

  async function tlsEndpoint(tls: (folder: string) => Endpoint['tls']) {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'ca.pem'), theirs.cert);
    writeFileSync(join(folder, 'cert.pem'), mine.cert);
    writeFileSync(join(folder, 'key.pem'), mine.key);
    const options = { ...theirs, ca: mine.cert, requestCert: true, rejectUnauthorized: true };
    server = await serve((_, response) => void response.end('ok'), options);
    return endpointAt(server.url.replace('127.0.0.1', 'localhost'), { tls: tls(folder) });
  }
  const clientPair = (folder: string) => ({ certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') });

  it('trusts the given authority for the given name, and shows its own certificate', async () => {
    const endpoint = await tlsEndpoint((folder) => ({
      ...clientPair(folder),
      caFile: join(folder, 'ca.pem'),
      serverName: 'prometheus.test',
    }));
    expect(await endpoint.request({ method: 'GET', path: '/' })).toMatchObject({ status: 200, text: 'ok' });
  });

  it.each([
    ['an unknown authority', (folder: string) => ({ ...clientPair(folder), serverName: 'prometheus.test' })],
    ['another name', (folder: string) => ({ ...clientPair(folder), caFile: join(folder, 'ca.pem') })],
    ['no certificate', (folder: string) => ({ caFile: join(folder, 'ca.pem'), serverName: 'prometheus.test' })],
  ])('refuses %s', async (_, tls) => {
    const endpoint = await tlsEndpoint(tls);
    expect(await failureOf(endpoint.request({ method: 'GET', path: '/' }))).toMatchObject({ kind: 'unreachable' });
  });

  it('says at the start that a file is missing', () => {
    expect(() => endpointAt('https://localhost', { tls: { caFile: '/nowhere/ca.pem' } })).toThrow('/nowhere/ca.pem');
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ['0', 0],
    ['120', 120_000],
    ['999999999', 600_000],
    [new Date(now + 5000).toUTCString(), 5000],
    [new Date(now - 5000).toUTCString(), 0],
    ['soon', undefined],
    [['1', '2'], undefined],
    [undefined, undefined],
  ])('%j is %s ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
