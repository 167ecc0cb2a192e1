import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createCostSource } from '../../../src/clients/cost/create-cost-source.ts';
import type { PodScope } from '../../../src/clients/kubernetes/sum-pod-requests.ts';
import type { CostSource } from '../../../src/clients/cost/cost-source.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { BudgetScope } from '../../../src/domain/cost/budget-scope.ts';
import { bodyOf, type LocalServer, sendJson, serve } from '../prometheus/local-server.ts';

const open: (Pick<LocalServer, 'close'> | CostSource)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((part) => part.close()));
});

interface Asked {
  readonly method: string | undefined;
  readonly url: URL;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** A cost API that gives one answer, and what it was asked. */
async function costApi(answer: unknown, { status = 200, headers = {} }: { status?: number; headers?: object } = {}) {
  const asked: Asked[] = [];
  const server = await serve((request, response) => {
    void bodyOf(request).then((body) => {
      asked.push({
        ...{ method: request.method, url: new URL(request.url ?? '', 'http://x'), body, headers: request.headers },
      });
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
      if (typeof answer === 'string') response.writeHead(status).end(answer);
      else sendJson(response, status, answer);
    });
  });
  open.push(server);
  return { url: server.url, asked };
}

function sourceOf(
  source: object,
  listPodRequests: (scope: PodScope) => Promise<{ cpu: number; memory: number }> = never,
) {
  const { cost } = configSchema.parse({ cost: { cpuHour: 0.1, gibHour: 0, source } });
  const made = createCostSource({ settings: cost, listPodRequests });
  open.push(made);
  return made;
}

const never = () => Promise.reject(new Error('the API server is not asked'));
const shop: BudgetScope = { kind: 'namespace', key: 'shop' };
const team: BudgetScope = { kind: 'team', key: 'blue' };
const all: BudgetScope = { kind: 'cluster', key: 'all' };
const measure = (source: CostSource, scope: BudgetScope) => source.measureUsage({ budget: 'b', scope });

describe('the price table', () => {
  it('prices the requests of the Pods in scope for a day', async () => {
    const asked: PodScope[] = [];
    const source = sourceOf({ type: 'prices', settleSeconds: 7 }, (scope) => {
      asked.push(scope);
      return Promise.resolve({ cpu: 2, memory: 0 });
    });
    for (const scope of [shop, team, all]) {
      expect(await measure(source, scope)).toMatchObject({ perDay: 4.8, settleSeconds: 7 });
    }
    expect(asked).toEqual([{ namespace: 'shop' }, { team: { label: 'team', name: 'blue' } }, {}]);
  });

  it('has no cost for requests that are no number', async () => {
    const source = sourceOf({ type: 'prices' }, () => Promise.resolve({ cpu: NaN, memory: 0 }));
    await expect(measure(source, shop)).rejects.toMatchObject({ type: 'CostUnavailable' });
  });
});

describe('OpenCost', () => {
  const answer = {
    code: 200,
    data: [
      {
        shop: { name: 'shop', minutes: 60, totalCost: 0.5, cpuCost: 0.3 },
        bank: { name: 'bank', minutes: 30, totalCost: 0.25 },
        'team=blue': { minutes: 60, totalCost: 0.1 },
      },
    ],
  };
  const openCost = (url: string, more: object = {}) => sourceOf({ type: 'opencost', endpoint: { url }, ...more });

  it('gives what a namespace costs, as if its last hour went on for a day', async () => {
    const { url, asked } = await costApi(answer);
    expect(await measure(openCost(url), shop)).toMatchObject({ perDay: 12, settleSeconds: 3900 });
    expect(asked[0]?.url.pathname).toBe('/allocation/compute');
    expect(Object.fromEntries(asked[0]!.url.searchParams)).toEqual({
      ...{ window: '60m', aggregate: 'namespace', accumulate: 'true' },
    });
  });

  it('takes what began within the window at its full rate', async () => {
    const { url } = await costApi(answer);
    const bank = { kind: 'namespace', key: 'bank' } as const;
    expect(await measure(openCost(url, { windowMinutes: 60, settleSeconds: 10 }), bank)).toMatchObject({
      ...{ perDay: 12, settleSeconds: 10 },
    });
  });

  it('adds up the cluster, and finds a team under either name', async () => {
    const { url, asked } = await costApi(answer);
    expect((await measure(openCost(url), all)).perDay).toBeCloseTo(12 + 12 + 2.4);
    expect((await measure(openCost(url), team)).perDay).toBeCloseTo(2.4);
    expect(asked.map((request) => request.url.searchParams.get('aggregate'))).toEqual(['cluster', 'label:team']);
  });

  it('knows that a namespace without Pods costs nothing, and that an empty answer says nothing', async () => {
    const { url } = await costApi(answer);
    expect(await measure(openCost(url), { kind: 'namespace', key: 'new' })).toMatchObject({ perDay: 0 });
    for (const empty of [{ data: [] }, { data: [null] }, { data: [{}] }]) {
      const { url: other } = await costApi(empty);
      await expect(measure(openCost(other), shop)).rejects.toMatchObject({ type: 'CostUnavailable' });
    }
  });

  it.each([
    ['no JSON', '<html>hunter2</html>', 200],
    ['another shape', { data: 'hunter2' }, 200],
    ['a negative cost', { data: [{ shop: { totalCost: -1 } }] }, 200],
    ['an error', { message: 'hunter2' }, 500],
    ['a redirect', '', 302],
  ])('is unavailable when it answers %s, and repeats nothing of it', async (_, body, status) => {
    const { url } = await costApi(body, { status, headers: status === 302 ? { location: 'http://169.254.0.1/' } : {} });
    const error: unknown = await measure(openCost(url), shop).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: 'CostUnavailable' });
    expect(String(error)).not.toContain('hunter2');
  });

  it('is unavailable when nobody answers, or asks to come back later', async () => {
    const { url } = await costApi({}, { status: 429, headers: { 'retry-after': '7' } });
    await expect(measure(openCost(url), shop)).rejects.toMatchObject({ type: 'CostUnavailable', retryAfterMs: 7000 });
    await open.splice(0, 1)[0]?.close();
    await expect(measure(openCost(url), shop)).rejects.toMatchObject({ type: 'CostUnavailable' });
  });
});

describe('any HTTP API', () => {
  it('is asked as the settings describe it; what they fill in stays data', async () => {
    const { url, asked } = await costApi({ 'a/b': [{ cost: '12.50' }], limit: 20 });
    const source = sourceOf({
      ...{ type: 'http', endpoint: { url: `${url}/v1/costs?tenant=x`, headers: { 'X-Key': 'k' } }, method: 'POST' },
      query: { of: '{scope}:{key}' },
      body: { budget: '{budget}', deep: [{ key: '{key}' }], n: 1, none: null },
      ...{ usage: '/a~1b/0/cost', daily: '/limit', settleSeconds: 5 },
    });
    const scope = { kind: 'team', key: '{budget}&x=1"' } as const;
    expect(await measure(source, scope)).toMatchObject({ perDay: 12.5, limit: 20, settleSeconds: 5 });
    const [request] = asked;
    expect(request?.method).toBe('POST');
    expect(request?.url.pathname).toBe('/v1/costs');
    expect(Object.fromEntries(request!.url.searchParams)).toEqual({ tenant: 'x', of: 'team:{budget}&x=1"' });
    expect(JSON.parse(request!.body)).toEqual({ budget: 'b', deep: [{ key: '{budget}&x=1"' }], n: 1, none: null });
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'x-key': 'k' });
  });

  it.each([{}, { cost: null }, { cost: 'cheap' }, { cost: '' }, { cost: -1 }, { cost: [1] }, { cost: true }, [], 'x'])(
    'is unavailable when it answers without an amount: %j',
    async (answer) => {
      const { url } = await costApi(answer);
      await expect(measure(sourceOf({ type: 'http', endpoint: { url }, usage: '/cost' }), shop)).rejects.toMatchObject({
        type: 'CostUnavailable',
      });
    },
  );

  it('does not look for what every object has', async () => {
    const { url } = await costApi({ a: 1 });
    await expect(
      measure(sourceOf({ type: 'http', endpoint: { url }, usage: '/constructor/length' }), shop),
    ).rejects.toMatchObject({ type: 'CostUnavailable' });
  });

  it.each([
    [{ type: 'http', endpoint: { url: 'http://a' }, usage: 'cost' }, 'JSON pointer'],
    [{ type: 'http', endpoint: { url: 'http://a' }, usage: '/~2' }, 'JSON pointer'],
    [{ type: 'http', endpoint: { url: 'http://a' }, usage: '/a', body: {} }, 'method POST'],
    [{ type: 'opencost', endpoint: { url: 'ftp://a' } }, 'http'],
  ])('is refused when it is described wrongly: %j', (source, why) => {
    const parsed = configSchema.safeParse({ cost: { source } });
    expect(parsed.error?.issues.map(({ message }) => message).join()).toContain(why);
  });
});
