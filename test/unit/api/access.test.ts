import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../../src/api/access/loopback.ts';
import { rawGet } from './raw-request.ts';
import { ANN, bearer, LOCAL, OTTO, problemOf, startPeopleApi, VERA } from './people-harness.ts';

const users = [ANN, OTTO, VERA];
const reason = { reason: 'because' };

describe('without users', () => {
  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])('nobody gets in at %s, and is told what to do', async (host) => {
    const api = await startPeopleApi({ users: [], settings: { host } });
    const at = api.url.replace('0.0.0.0', '127.0.0.1').replace('[::]', '[::1]');
    for (const path of ['/remediations', '/guards', '/events', '/me', '/nothing']) {
      const answer = await fetch(`${at}/api/v1${path}`, { headers: bearer(ANN) });
      expect(answer.status).toBe(403);
      const problem = await problemOf(answer);
      expect(problem).toMatchObject({ type: 'urn:mendloop:problem:users-required', status: 403 });
      expect(problem.detail).toContain('api.users');
    }
    const pause = await fetch(`${at}/api/v1/guards/pause`, {
      ...{ method: 'POST', body: JSON.stringify(reason) },
      headers: { 'content-type': 'application/json' },
    });
    expect(pause.status).toBe(403);
    expect(api.guards.orders).toEqual([]);
    // What Kubernetes uses does not depend on users.
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
  });
});

describe('no address is a role', () => {
  it.each([
    ['a program of this machine', {}],
    ['a proxy that says nothing of itself', { host: '127.0.0.1:8080' }],
    ['a proxy', { 'x-forwarded-for': '203.0.113.9' }],
    ['a proxy by the standard', { forwarded: 'for=127.0.0.1' }],
    ['the name of another site that leads here', { host: 'evil.example:8080' }],
    ['another token', { authorization: 'Bearer token-of-another-start' }],
  ])('%s gets in by the token of this start, and by nothing else', async (_what, headers: Record<string, string>) => {
    const api = await startPeopleApi();
    for (const path of ['/me', '/guards', '/remediations', '/events']) {
      expect(await rawGet(`${api.url}/api/v1${path}`, headers)).toBe(401);
    }
    expect(await rawGet(`${api.url}/api/v1/me`, { ...headers, ...bearer(LOCAL) })).toBe(200);
  });

  it('who has the token of this start is local, and has every role', async () => {
    const api = await startPeopleApi();
    expect(await (await api.ask('/me')).json()).toEqual({ name: 'local', roles: ['*'] });
    expect((await api.ask('/guards/pause', { body: reason })).status).toBe(200);
    expect(api.guards.orders).toEqual([{ what: 'pause', by: 'local', reason: 'because' }]);
  });
});

describe('with users', () => {
  it('each is known by a token, whatever the listener', async () => {
    const api = await startPeopleApi({ users });
    expect(await (await api.ask('/me', { headers: bearer(OTTO) })).json()).toEqual({
      ...{ name: 'otto', roles: ['operator'] },
    });
    expect((await api.ask('/remediations', { headers: bearer(VERA) })).status).toBe(200);
  });

  it.each([undefined, 'Bearer wrong', 'Bearer ', 'Basic dG9rZW4tb2YtYW5u', 'Bearer token-of-ann x', 'token-of-ann'])(
    'answers 401 to %s',
    async (authorization) => {
      const api = await startPeopleApi({ users });
      const answer = await api.ask('/me', authorization === undefined ? {} : { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="mendloop"');
      expect(JSON.stringify(await answer.json())).not.toContain('token-of');
    },
  );

  it('asks for a token anew at each request', async () => {
    let token = 'old';
    const api = await startPeopleApi({ users: [{ ...ANN, token: () => token }] });
    const me = async (given: string) =>
      (await api.ask('/me', { headers: { authorization: `Bearer ${given}` } })).status;
    expect(await me('old')).toBe(200);
    token = 'new';
    expect([await me('old'), await me('new')]).toEqual([401, 200]);
  });

  it('lets the others in when a token cannot be read, and takes an empty one for nobody', async () => {
    const broken = {
      ...OTTO,
      token: () => {
        throw new Error('gone');
      },
    };
    const api = await startPeopleApi({ users: [broken, { ...VERA, token: () => '' }, ANN] });
    expect((await api.ask('/me', { headers: bearer(ANN) })).status).toBe(200);
    const unknown = await api.ask('/me', { headers: { authorization: 'Bearer x' } });
    expect(unknown.status).toBe(503);
    expect((await problemOf(unknown)).type).toBe('urn:mendloop:problem:token-unavailable');
  });

  it("puts nobody's deeds under the name of another who has the same token", async () => {
    const api = await startPeopleApi({ users: [ANN, { ...OTTO, token: ANN.token }] });
    const answer = await api.ask('/me', { headers: bearer(ANN) });
    expect((await problemOf(answer)).type).toBe('urn:mendloop:problem:token-ambiguous');
  });

  it('each may do what the roles say', async () => {
    const api = await startPeopleApi({ users });
    const { id } = api.remediations.waiting();
    const path = `/remediations/${encodeURIComponent(id)}`;
    const status = async (where: string, user: typeof ANN, body: object = reason) =>
      (await api.ask(where, { headers: bearer(user), body })).status;
    expect(await status(`${path}/approve`, VERA)).toBe(403);
    expect(await status(`${path}/approve`, ANN)).toBe(200);
    for (const [where, body] of [
      [`${path}/undo`, reason],
      ['/guards/pause', reason],
      ['/guards/resume', reason],
      ['/guards/targets/reset', { ...reason, target: 'default/shop/Deployment/api' }],
    ] as const) {
      expect(await status(where, VERA, body)).toBe(403);
      expect(await status(where, ANN, body)).toBe(403);
      expect([200, 404]).toContain(await status(where, OTTO, body));
    }
    expect(api.remediations.undone.map(({ input }) => input)).toEqual([{ by: 'otto', reason: 'because' }]);
  });

  it.each([
    ['counts where the clause names it', ['operator'], 200],
    ['is refused by the workflow where the clause names another', ['sre'], 409],
    ['is refused by the workflow where the clause names none', [], 409],
  ])("an operator's vote %s", async (_what, roles, status) => {
    const api = await startPeopleApi({ users });
    const { id } = api.remediations.waiting({ roles });
    const path = `/remediations/${encodeURIComponent(id)}/approve`;
    expect((await api.ask(path, { headers: bearer(OTTO), body: reason })).status).toBe(status);
  });

  it('never writes a token into the log', async () => {
    const api = await startPeopleApi({ users });
    await api.ask('/guards/pause', { headers: bearer(OTTO), body: reason });
    await expect.poll(() => api.log.join('')).toContain('"user":"otto"');
    expect(api.log.join('')).not.toContain('token-of');
  });
});

describe("requests that another site's page sends", () => {
  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
  ])('are refused: %o', async (headers) => {
    const api = await startPeopleApi();
    expect(await rawGet(`${api.url}/api/v1/guards`, headers as Record<string, string>)).toBe(403);
  });

  it('and forms, which need no permission, are not read', async () => {
    const api = await startPeopleApi();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await api.ask('/guards/pause', {
        body: JSON.stringify(reason),
        headers: { 'content-type': type },
      });
      expect(answer.status).toBe(415);
    }
    expect(api.guards.orders).toEqual([]);
  });

  it('are told from those of our own pages', async () => {
    const publicUrl = 'https://mendloop.example';
    const api = await startPeopleApi({ users, settings: { publicUrl } });
    const get = (headers: Record<string, string>) => rawGet(`${api.url}/api/v1/me`, { ...bearer(ANN), ...headers });
    expect(await get({ 'sec-fetch-site': 'same-origin', origin: 'null' })).toBe(200);
    expect(await get({ 'sec-fetch-site': 'none' })).toBe(200);
    expect(await get({ origin: publicUrl })).toBe(200);
    expect(await get({ origin: api.url })).toBe(200);
  });
});

it.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['[::ffff:7f00:1]', true],
  ['::1%lo', true],
  ['[::1]', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['0.0.0.0', false],
  ['::', false],
  ['::ffff:0.0.0.0', false],
  ['::ffff:10.0.0.1', false],
  ['fe80::1%eth0', false],
  ['0', false],
  ['mendloop.internal', false],
  ['10.0.0.1', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['', false],
])('isLoopback(%j) is %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
