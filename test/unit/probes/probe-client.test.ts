import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProbeClient } from '../../../src/clients/probes/probe-client.ts';
import { isRefusedAddress } from '../../../src/clients/probes/refused-addresses.ts';
import { type Probe, probeSchema } from '../../../src/domain/plan/probe-clause.ts';

async function serve(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const probe = (url: string, expected: object = {}, more: object = {}): Probe =>
  probeSchema.parse({ name: 'shop', url, expect: expected, ...more });

const ask = (hosts: string[], asked: Probe, signal = new AbortController().signal) =>
  createProbeClient({ hosts }).probe(asked, signal);

describe('an HTTP probe', () => {
  it('holds where status and JSON are as expected, and says of the body nothing else', async () => {
    const host = await serve((_request, response) =>
      response.end('{"status":"ok","checks":[{"a/b":true}],"key":"hunter2"}'),
    );
    const json = [
      { pointer: '/status', equals: 'ok' },
      { pointer: '/checks/0/a~1b', equals: true },
    ];
    expect(await ask([host], probe(`http://${host}/health`, { json }))).toMatchObject({ status: 'holds' });
    const other = await ask([host], probe(`http://${host}/health`, { json: [{ pointer: '/key', equals: 'x' }] }));
    expect(other).toEqual({ status: 'fails', text: 'shop: status 200, and /key of the body is not "x"' });
  });

  it('fails by another status, no JSON, a body without end, and a server that is away', async () => {
    const host = await serve(({ url }, response) => {
      if (url === '/big') response.end('x'.repeat(200_000));
      else response.writeHead(url === '/sick' ? 503 : 200).end('{');
    });
    const json = [{ pointer: '/a', equals: 1 }];
    expect(await ask([host], probe(`http://${host}/sick`))).toEqual({
      status: 'fails',
      text: 'shop: status 503, wanted 200',
    });
    expect(await ask([host], probe(`http://${host}/sick`, { status: [200, 503] }))).toMatchObject({ status: 'holds' });
    expect(await ask([host], probe(`http://${host}/`, { json }))).toEqual({
      status: 'fails',
      text: 'shop: status 200, and the body is no JSON',
    });
    expect(await ask([host], probe(`http://${host}/big`))).toMatchObject({ status: 'fails' });
    expect(await ask(['127.0.0.1:1'], probe('http://127.0.0.1:1/'))).toEqual({
      status: 'fails',
      text: 'shop: no answer (ECONNREFUSED)',
    });
  });

  it('goes to no host that the settings do not name, by no port of another, and after no redirect', async () => {
    const asked: string[] = [];
    const inside = await serve(({ url }, response) => {
      asked.push(url ?? '');
      response.end('secret');
    });
    const host = await serve((_request, response) => response.writeHead(302, { location: `http://${inside}/` }).end());
    expect(await ask([host], probe(`http://${inside}/`))).toEqual({
      status: 'unknown',
      text: `shop: host ${inside} is not one of probes.hosts`,
    });
    expect(await ask(['127.0.0.1'], probe(`http://${host}/`))).toMatchObject({ status: 'unknown' });
    expect(await ask([host], probe(`http://${host}/`))).toEqual({
      status: 'fails',
      text: 'shop: status 302, wanted 200',
    });
    expect(asked).toEqual([]);
  });

  it('never by a name that leads to this machine or to a cloud', async () => {
    const asked: string[] = [];
    const host = await serve(({ url }, response) => {
      asked.push(url ?? '');
      response.end();
    });
    const named = host.replace('127.0.0.1', 'localhost');
    expect(await ask([named], probe(`http://${named}/`))).toEqual({
      status: 'unknown',
      text: `shop: host ${named} leads to an address that is never asked by name`,
    });
    expect(asked).toEqual([]);
    for (const address of ['169.254.169.254', '127.1.2.3', '::1', 'fe80::1', '::ffff:169.254.169.254', '0.0.0.0', 'x'])
      expect(isRefusedAddress(address)).toBe(true);
    for (const address of ['10.96.0.12', '192.168.1.4', '2001:db8::1']) expect(isRefusedAddress(address)).toBe(false);
  });

  it('carries no credentials, and ends in its time or when it is called off', async () => {
    const headers: unknown[] = [];
    const host = await serve((request) => headers.push(request.headers));
    expect(await ask([host], probe(`http://${host}/`, {}, { timeoutSeconds: 1 }))).toMatchObject({
      status: 'fails',
    });
    const calledOff = AbortSignal.abort();
    expect(await ask([host], probe(`http://${host}/`), calledOff)).toMatchObject({ status: 'unknown' });
    expect(headers).toHaveLength(1);
    expect(headers[0]).not.toHaveProperty('authorization');
    expect(headers[0]).not.toHaveProperty('cookie');
  });
});
