import type { Express } from 'express';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { API_PATH, createApi } from '../../../src/api/create-api.ts';
import { problemSchema } from '../../../src/api/openapi/answers.ts';
import { openApiDocument, pathOf } from '../../../src/api/openapi/document.ts';
import { type RouteDoc, ROUTES } from '../../../src/api/openapi/routes.ts';
import { NEW_MEMORY } from '../../../src/domain/guards/target-memory.ts';
import { targetView } from '../../../src/domain/guards/target-view.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { MemoryUnhandled } from '../../support/incidents/memory-unhandled.ts';
import { FakeGuards } from './fake-guards.ts';
import { aStatus, FakeRemediations } from './fake-remediations.ts';
import { bearer, LOCAL, startPeopleApi, VERA } from './people-harness.ts';

interface Layer {
  readonly route?: { readonly path: string | readonly string[]; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
  match(path: string): boolean;
}

/** Of one route of ours. */
const MOST_METHODS = 3;

/** Every route of a router as `get /path`; what only says which methods are allowed is none. */
function routesOf(layers: readonly Layer[], prefix = ''): string[] {
  return layers.flatMap((layer) => {
    if (layer.route !== undefined) {
      const { path, methods } = layer.route;
      // Of an app, what takes all methods is listed as each of them.
      if (Object.keys(methods).length > MOST_METHODS) return [];
      const paths = typeof path === 'string' ? [path] : path;
      return paths.flatMap((one) =>
        Object.keys(methods)
          .filter((method) => method !== '_all')
          .map((method) => `${method} ${prefix}${one.replaceAll(/[:*](\w+)/g, '{$1}')}`),
      );
    }
    const isMounted = !layer.match('/some/where') && layer.match(`${API_PATH}/some`);
    return routesOf(layer.handle?.stack ?? [], isMounted ? API_PATH : prefix);
  });
}

/** The app with everything that there is. */
function wholeApi(): Express {
  const people = {
    users: [LOCAL],
    remediations: new FakeRemediations(),
    guards: new FakeGuards(),
    unhandled: new MemoryUnhandled(),
    linkSecret: () => 's'.repeat(32),
  };
  return createApi({
    settings: {},
    people,
    readiness: {},
    metrics: createMetrics(),
    logger: createLogger({ level: 'error' }),
  } as never);
}

describe('docs/openapi.json', () => {
  it('has every route of the router, and no other', () => {
    const { router } = wholeApi() as unknown as { readonly router: { readonly stack: readonly Layer[] } };
    const console = /^get \/(console\/.*)?$/;
    const there = new Set(routesOf(router.stack).filter((route) => !console.test(route)));
    expect([...there].toSorted()).toEqual(ROUTES.map((route) => `${route.method} ${pathOf(route)}`).toSorted());
  });

  it('is OpenAPI 3.1, in which every reference leads somewhere', () => {
    const document = openApiDocument('1.2.3');
    expect(document).toMatchObject({ openapi: '3.1.1', info: { version: '1.2.3' } });
    const text = JSON.stringify(document);
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = reference
        .split('/')
        .reduce<unknown>((here, key) => (here as Record<string, unknown> | undefined)?.[key], document);
      expect(found, reference).toBeDefined();
    }
  });
});

describe('an answer', () => {
  const schemaOf = (method: RouteDoc['method'], path: string): z.ZodType => {
    const route = ROUTES.find((one) => one.method === method && one.path === path);
    if (route === undefined || !('schema' in route.answer)) throw new Error(`${path} has no schema`);
    return route.answer.schema;
  };
  const faultsOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues ?? [];

  async function world() {
    const api = await startPeopleApi();
    const { id } = api.remediations.waiting(
      {},
      aStatus({ decision: { verdict: 'reject', rule: 'r', reason: 'no', policyRevision: '1' } }),
    );
    await api.guards.pause({ by: 'ann', reason: 'freeze' });
    const target = 'default/shop/Deployment/api';
    api.guards.targets = [{ target, state: targetView(NEW_MEMORY, { queue: [], joined: 0 }, 1) }];
    return { api, id: encodeURIComponent(id), target };
  }

  it.each([
    ['/me', '/me'],
    ['/remediations', '/remediations'],
    ['/remediations/{id}', '/remediations/ID'],
    ['/unhandled', '/unhandled'],
    ['/actions', '/actions'],
    ['/actions/{name}', '/actions/scale'],
    ['/guards', '/guards'],
  ])('of GET %s is as its schema says', async (path, asked) => {
    const { api, id } = await world();
    const response = await api.ask(asked.replace('ID', id));
    expect(response.status).toBe(200);
    expect(faultsOf(schemaOf('get', path), await response.json())).toEqual([]);
  });

  it.each([
    ['/remediations/{id}/approve', {}],
    ['/remediations/{id}/reject', {}],
    ['/remediations/{id}/undo', {}],
    ['/guards/pause', {}],
    ['/guards/resume', {}],
    ['/guards/targets/reset', { target: 'default/shop/Deployment/api' }],
  ])('of POST %s is as its schema says, and its body is checked by the one in the document', async (path, more) => {
    const { api, id } = await world();
    const asked = path.replace('{id}', id);
    const body = { reason: 'known', ...more };
    expect(faultsOf(ROUTES.find((one) => one.path === path)?.body as z.ZodType, body)).toEqual([]);
    const response = await api.ask(asked, { body });
    expect(response.status).toBe(200);
    expect(faultsOf(schemaOf('post', path), await response.json())).toEqual([]);
    expect((await api.ask(asked, { body: { ...body, reason: '' } })).status).toBe(400);
  });

  it('of health is as its schema says', async () => {
    const { api } = await world();
    for (const path of ['/healthz', '/readyz']) {
      const response = await fetch(`${api.url}${path}`);
      expect(faultsOf(schemaOf('get', path), await response.json())).toEqual([]);
    }
  });

  it('that is a problem is as its schema says', async () => {
    const { api, id } = await world();
    const answers = await Promise.all([
      api.ask('/remediations?limit=0'),
      api.ask('/actions/nothing'),
      api.ask(`/remediations/${id}/approve`, { body: {} }),
      api.ask('/me', { headers: bearer(VERA) }),
    ]);
    for (const response of answers) {
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(faultsOf(problemSchema, await response.json())).toEqual([]);
    }
  });
});
