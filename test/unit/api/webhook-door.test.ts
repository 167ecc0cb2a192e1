import { describe, expect, it } from 'vitest';
import { checkDoors } from '../../../src/api/access/check-doors.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { aWebhook, startApi, wireAlert } from './api-harness.ts';
import { nginxPost, rawPost } from './raw-request.ts';

const WEBHOOK = '/webhooks/alertmanager';
const body = () => aWebhook([wireAlert()]);
const localUrl = (url: string) => url.replace('0.0.0.0', '127.0.0.1').replace('[::]', '[::1]');

describe('a webhook without a token', () => {
  it.each([
    ['a page whose name was made to lead here', { host: 'evil.example' }],
    ['the same on our port', { host: 'evil.example:8080' }],
    ['a name that begins like ours', { host: 'localhost.evil.example' }],
    ['a name with our address in front', { host: '127.0.0.1.evil.example' }],
    ['a name in which our address is the user', { host: '127.0.0.1@evil.example' }],
    ['an address of this machine that others reach', { host: '10.0.0.1:8080' }],
    ['a proxy on this machine', { 'x-forwarded-for': '203.0.113.9' }],
    ['a proxy by the standard', { forwarded: 'for=203.0.113.9;proto=https' }],
    ['a proxy that tells its host', { 'x-forwarded-host': 'mendloop.example' }],
    ['a proxy that tells its protocol', { 'x-forwarded-proto': 'https' }],
    ['a proxy that signs', { via: '1.1 nginx' }],
    ['the page of another site', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a browser that says so', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('is not for %s', async (_what, headers: Record<string, string>) => {
    const api = await startApi();
    expect(await rawPost(`${api.url}${WEBHOOK}`, headers, body())).toBe(403);
    expect(api.starter.calls).toBe(0);
  });

  it('is not for an nginx on this machine that says nothing of itself', async () => {
    const api = await startApi();
    expect(await nginxPost(`${api.url}${WEBHOOK}`, body())).toBe(403);
    expect(api.starter.calls).toBe(0);
  });

  it.each(['127.0.0.1', '127.0.0.1:9', '[::1]:8080', 'localhost:8080', 'LOCALHOST', 'mendloop.localhost'])(
    'takes what asks for %s directly',
    async (host) => {
      const api = await startApi();
      expect(await rawPost(`${api.url}${WEBHOOK}`, { host }, body())).toBe(200);
      expect(api.starter.calls).toBe(1);
    },
  );

  it.each(['0.0.0.0', '::', '::ffff:0.0.0.0'])('is closed at %s, unless the settings open it', async (host) => {
    const closed = await startApi({ settings: { host } });
    expect(await rawPost(`${localUrl(closed.url)}${WEBHOOK}`, { host: 'localhost' }, body())).toBe(403);
    const open = await startApi({ settings: { host, insecure: true } });
    expect(await rawPost(`${localUrl(open.url)}${WEBHOOK}`, { host: 'mendloop.internal' }, body())).toBe(200);
  });
});

describe('a webhook with a token', () => {
  it('asks for nothing else, behind whatever proxy', async () => {
    const api = await startApi({ webhookToken: () => 'correct-horse', settings: { host: '0.0.0.0' } });
    const headers = { host: 'mendloop.internal', 'x-forwarded-for': '203.0.113.9', via: '1.1 envoy' };
    const at = `${localUrl(api.url)}${WEBHOOK}`;
    expect(await rawPost(at, { ...headers, authorization: 'Bearer correct-horse' }, body())).toBe(200);
    expect(await rawPost(at, { ...headers, authorization: 'Bearer wrong' }, body())).toBe(401);
  });
});

describe('the start', () => {
  const settings = (api: object) => configSchema.parse({ api }).api;
  const token = { env: 'TOKEN' };

  it.each(['0.0.0.0', '::', '', '::ffff:0.0.0.0', '10.1.2.3', 'fe80::1%eth0', 'mendloop.internal', '0', '*'])(
    'is refused at %j without a token, with what to do',
    (host) => {
      expect(() => {
        checkDoors(settings({ host }));
      }).toThrow(ConfigError);
      expect(() => {
        checkDoors(settings({ host }));
      }).toThrow(/api\.webhookToken: is missing: .*api\.insecure: true/s);
      checkDoors(settings({ host, webhookToken: token }));
      checkDoors(settings({ host, insecure: true }));
    },
  );

  it.each(['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1', 'localhost'])('is as it was at %s', (host) => {
    checkDoors(settings({ host }));
    checkDoors(settings({ host, publicUrl: 'http://localhost:8080' }));
  });

  it('is refused behind a proxy on the same machine, of which a public address speaks', () => {
    const publicUrl = 'https://mendloop.example.com/here';
    expect(() => {
      checkDoors(settings({ publicUrl }));
    }).toThrow(/api\.publicUrl is https:\/\/mendloop\.example\.com/);
    checkDoors(settings({ publicUrl, webhookToken: token }));
  });
});
