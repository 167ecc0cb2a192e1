import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { MendloopError } from '../../../src/domain/failures.ts';
import { remediationId } from '../../../src/domain/alert/remediation-id.ts';
import { aStatus, aSummary, anApproval } from './fake-remediations.ts';
import { bearer, LOCAL, type PeopleApi, problemOf, startPeopleApi } from './people-harness.ts';

const reason = { reason: 'because' };
const pathOf = ({ id }: { id: string }) => `/remediations/${encodeURIComponent(id)}`;

/** `fetch` tidies paths up. */
function rawStatus(api: PeopleApi, path: string): Promise<number> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers: bearer(LOCAL) }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('GET /remediations', () => {
  it('hands the filter on, and answers a page with the whole number', async () => {
    const api = await startPeopleApi();
    api.remediations.items.push(aSummary(), aSummary(), aSummary());
    const query = new URLSearchParams({
      ...{ state: 'running', rule: 'r', action: 'scale', mode: 'auto', target: 'default/shop/Deployment/api' },
      ...{ service: 's', alert: "it's <b>", severity: 'critical', waiting: 'approval', q: 'ord', limit: '2' },
      since: '2026-01-01T02:00:00+02:00',
    });
    query.append('outcome', 'remediated');
    query.append('outcome', 'escalated');
    const answer = await api.ask(`/remediations?${query.toString()}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const page = (await answer.json()) as { items: unknown[]; nextPageToken: string; total: number };
    expect(page).toMatchObject({ nextPageToken: '2', total: 3 });
    expect(page.items).toEqual(api.remediations.items.slice(0, 2));
    expect(api.remediations.lists).toEqual([
      {
        ...{ state: 'running', rule: 'r', action: 'scale', mode: 'auto', target: 'default/shop/Deployment/api' },
        ...{ service: 's', alert: "it's <b>", severity: 'critical', waiting: 'approval', q: 'ord', limit: 2 },
        outcome: ['remediated', 'escalated'],
        since: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('turns pages', async () => {
    const api = await startPeopleApi();
    api.remediations.items.push(aSummary(), aSummary(), aSummary());
    const last = (await (await api.ask('/remediations?limit=2&pageToken=2')).json()) as Record<string, unknown>;
    expect(last).toEqual({ items: [api.remediations.items[2]] });
    const wrong = await api.ask('/remediations?pageToken=nonsense');
    expect(wrong.status).toBe(400);
    expect((await problemOf(wrong)).errors).toEqual([{ path: 'pageToken', message: 'this is no token of a page' }]);
  });

  it('asks for nothing but the list and its number', async () => {
    const api = await startPeopleApi();
    for (let index = 0; index < 50; index += 1) api.remediations.items.push(aSummary());
    let calls = 0;
    api.remediations.gate = () => {
      calls += 1;
    };
    await api.ask('/remediations');
    expect(calls).toBe(2);
  });

  it.each([
    ['state=open', 'state'],
    ['outcome=cured', 'outcome.0'],
    ['mode=hunter2', 'mode'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=x', 'limit'],
    ['since=yesterday', 'since'],
    ['alert=', 'alert'],
    [`alert=${'x'.repeat(201)}`, 'alert'],
    ['alert=a&alert=b', 'alert'],
    ['colour=blue', 'colour'],
    ['__proto__=x', '__proto__'],
    ['limit[$gt]=1', 'limit[$gt]'],
  ])('answers 400 to ?%s, naming %s and no value', async (query, path) => {
    const api = await startPeopleApi();
    const answer = await api.ask(`/remediations?${query}`);
    expect(answer.status).toBe(400);
    const problem = await problemOf(answer);
    expect(problem.type).toBe('urn:mendloop:problem:query-invalid');
    expect(problem.errors?.map((error) => error.path)).toEqual([path]);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(api.remediations.lists).toEqual([]);
  });

  it('answers 503 while Temporal is away', async () => {
    const api = await startPeopleApi();
    api.remediations.gate = () => {
      throw new MendloopError('TemporalUnavailable', 'the call to Temporal failed: no connection');
    };
    const answer = await api.ask('/remediations');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await problemOf(answer)).type).toBe('urn:mendloop:problem:temporal-unavailable');
  });
});

describe('GET /remediations/{id}', () => {
  const names = [
    'A',
    'A/B',
    'a%2Fb',
    '50% of "it\'s"',
    'größe 😀',
    'line\nbreak',
    '..',
    '.',
    '?x=1#y',
    '__proto__',
    '+ +',
  ];

  it.each(names)('finds the remediation of the alert %j by its ID, percent-encoded', async (alertname) => {
    const api = await startPeopleApi();
    const id = remediationId({ cluster: 'default', alertName: alertname, fingerprint: '0123456789abcdef', n: 1 });
    const summary = aSummary({ id });
    api.remediations.items.push(summary);
    const answer = await api.ask(pathOf(summary));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ remediation: summary, links: {} });
  });

  it('finds it behind a proxy that has decoded the path', async () => {
    const api = await startPeopleApi();
    const id = remediationId({ cluster: 'eu', alertName: 'A/B c', fingerprint: '0123456789abcdef', n: 2 });
    api.remediations.items.push(aSummary({ id }));
    expect(id).toBe('remediation/eu/A%2FB%20c/0123456789abcdef/2');
    for (const path of [encodeURIComponent(id), id.replaceAll('%', '%25'), id]) {
      expect(await rawStatus(api, `/api/v1/remediations/${path}`)).toBe(200);
    }
  });

  it('has all that is known', async () => {
    const api = await startPeopleApi();
    const summary = api.remediations.waiting();
    const detail = (await (await api.ask(pathOf(summary))).json()) as Record<string, unknown>;
    expect(detail).toMatchObject({ remediation: summary, status: { approval: { status: 'pending' } }, links: {} });
  });

  it.each([
    'nothing',
    'guard%2Fcluster%2Fdefault',
    encodeURIComponent('remediation/default/A/0123456789abcdef/1'),
    `${encodeURIComponent('remediation/default/A/0123456789abcdef/1')}/nothing`,
    'x'.repeat(10_000),
  ])('answers 404 to %s', async (path) => {
    const api = await startPeopleApi();
    expect((await api.ask(`/remediations/${path}`)).status).toBe(404);
  });

  it('answers 400 to what is not percent-encoded as it should be', async () => {
    const api = await startPeopleApi();
    expect(await rawStatus(api, '/api/v1/remediations/%E0%A4%A')).toBe(400);
  });
});

describe('POST /remediations/{id}/approve and /reject', () => {
  it('count a vote in the name of the user, and answer where the approval stands', async () => {
    const api = await startPeopleApi();
    const summary = api.remediations.waiting();
    const answer = await api.ask(`${pathOf(summary)}/approve`, { body: { reason: ' it is known ' } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ approval: { status: 'approved' } });
    expect(api.remediations.votes).toEqual([
      {
        id: summary.id,
        requestId: expect.any(String) as string,
        input: { approve: true, by: 'local', roles: ['*'], reason: 'it is known', via: 'http' },
      },
    ]);
    const other = api.remediations.waiting();
    const rejection = await api.ask(`${pathOf(other)}/reject`, { body: reason });
    expect(await rejection.json()).toMatchObject({ approval: { status: 'rejected' } });
  });

  it('are refused with the reason', async () => {
    const api = await startPeopleApi();
    const summary = api.remediations.waiting();
    await api.ask(`${pathOf(summary)}/approve`, { body: reason });
    const again = await api.ask(`${pathOf(summary)}/approve`, { body: reason });
    expect(again.status).toBe(409);
    expect(await problemOf(again)).toMatchObject({
      type: 'urn:mendloop:problem:refused',
      detail: 'Nothing was done: it has been approved already, by local.',
    });
  });

  it('do nothing once the remediation has ended, and say so', async () => {
    const api = await startPeopleApi();
    const summary = aSummary({ state: 'closed', execution: 'completed', outcome: 'already_healthy' });
    api.remediations.items.push(summary);
    const answer = await api.ask(`${pathOf(summary)}/approve`, { body: reason });
    expect(answer.status).toBe(409);
    expect(await problemOf(answer)).toMatchObject({
      type: 'urn:mendloop:problem:ended',
      detail: 'Nothing was done: the remediation has ended (already_healthy).',
      outcome: 'already_healthy',
    });
  });

  it('are one vote if the same request is sent again', async () => {
    const api = await startPeopleApi();
    const summary = api.remediations.waiting({ quorum: 2 });
    const send = (key: string) =>
      api.ask(`${pathOf(summary)}/approve`, { body: reason, headers: { 'idempotency-key': key } });
    for (const key of ['one', 'one', 'two']) await send(key);
    await api.ask(`${pathOf(summary)}/reject`, { body: reason, headers: { 'idempotency-key': 'one' } });
    const [first, again, other, rejection] = api.remediations.votes.map(({ requestId }) => requestId);
    expect(again).toBe(first);
    expect(new Set([first, other, rejection]).size).toBe(3);
    expect((await send('x'.repeat(201))).status).toBe(400);
  });

  it.each([
    ['no reason', {}],
    ['an empty reason', { reason: '  ' }],
    ['a reason without end', { reason: 'x'.repeat(2001) }],
    ['something unknown', { reason: 'x', by: 'somebody else' }],
    ['a list', []],
    ['a text', '"approve"'],
  ])('answer 400 to %s', async (_what, body) => {
    const api = await startPeopleApi();
    const summary = api.remediations.waiting();
    const answer = await api.ask(`${pathOf(summary)}/approve`, { body });
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).type).toBe('urn:mendloop:problem:body-invalid');
    expect(api.remediations.votes).toEqual([]);
  });

  it('answer 413 to a body without end, and 404 for an ID that is none', async () => {
    const api = await startPeopleApi();
    const summary = api.remediations.waiting();
    expect((await api.ask(`${pathOf(summary)}/approve`, { body: { reason: 'x'.repeat(70_000) } })).status).toBe(413);
    expect((await api.ask('/remediations/guard%2Fcluster%2Fdefault/approve', { body: reason })).status).toBe(404);
    const unknown = encodeURIComponent('remediation/default/A/0123456789abcdef/1');
    expect((await api.ask(`/remediations/${unknown}/approve`, { body: reason })).status).toBe(404);
  });
});

it('POST /remediations/{id}/undo asks for the undo', async () => {
  const api = await startPeopleApi();
  const summary = aSummary();
  api.remediations.items.push(summary);
  api.remediations.details.set(summary.id, { status: aStatus({ approval: anApproval() }) });
  const answer = await api.ask(`${pathOf(summary)}/undo`, { body: reason });
  expect(await answer.json()).toEqual({ step: 'watching' });
  expect(api.remediations.undone.map(({ id, input }) => ({ id, input }))).toEqual([
    { id: summary.id, input: { by: 'local', reason: 'because' } },
  ]);
});

it.each([
  ['/remediations', 'POST', 'GET, HEAD'],
  ['/remediations/x', 'DELETE', 'GET, HEAD'],
  ['/remediations/x/approve', 'GET', 'POST'],
  ['/remediations/x/undo', 'PUT', 'POST'],
  ['/guards', 'POST', 'GET, HEAD'],
  ['/guards/pause', 'GET', 'POST'],
  ['/guards/targets/reset', 'GET', 'POST'],
  ['/events', 'POST', 'GET, HEAD'],
  ['/me', 'POST', 'GET, HEAD'],
])('%s answers 405 to %s and names what it takes', async (path, method, allow) => {
  const api = await startPeopleApi();
  const answer = await api.ask(path, { method });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe(allow);
});
