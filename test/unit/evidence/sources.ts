import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { createJaegerClient } from '../../../src/clients/jaeger/jaeger-client.ts';
import { createLokiClient } from '../../../src/clients/loki/loki-client.ts';
import { jaegerSchema, lokiSchema } from '../../../src/config/evidence-schema.ts';
import { serve } from '../prometheus/local-server.ts';

export interface Asked {
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingMessage['headers'];
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

/** A real HTTP server that answers as told; every request is kept. Closed when the test has finished. */
export async function aSource(answer: Answer) {
  const requests: Asked[] = [];
  const server = await serve((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const asked = { path: url.pathname, query: Object.fromEntries(url.searchParams), headers: request.headers };
    requests.push(asked);
    answer(asked, response);
  });
  onTestFinished(() => server.close());
  return { url: server.url, requests, close: () => server.close() };
}

export function lokiAt(url: string, more: Record<string, unknown> = {}) {
  const client = createLokiClient(lokiSchema.parse({ url, timeoutSeconds: 5, ...more }));
  onTestFinished(() => client.close());
  return client;
}

export function jaegerAt(url: string, more: Record<string, unknown> = {}) {
  const client = createJaegerClient(jaegerSchema.parse({ url, timeoutSeconds: 5, ...more }));
  onTestFinished(() => client.close());
  return client;
}
