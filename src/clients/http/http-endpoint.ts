import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { Endpoint } from '../../config/schema.ts';
import { resolveSecret } from '../../config/secret.ts';
import { HttpFailure } from './http-failure.ts';

/** Answers beyond this many bytes are refused: ours are small, and memory must stay flat. */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Appended to the endpoint's own path. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly text: string;
  /** What `Retry-After` asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

export interface HttpEndpoint {
  /** Where it points, without credentials: for messages. */
  readonly name: string;
  /** @throws HttpFailure when there is no whole answer in time. Any status is an answer. Redirects are not followed. */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** One HTTP server outside, reached with the authentication, TLS and time limit of its settings. */
export function createHttpEndpoint(endpoint: Endpoint): HttpEndpoint {
  const base = new URL(endpoint.url);
  const name = `${base.protocol}//${base.host}${base.pathname.replace(/\/$/, '')}`;
  const { tls } = endpoint;
  const file = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
  const dispatcher = new Agent({
    connect: {
      timeout: endpoint.timeoutSeconds * 1000,
      ...(tls && {
        ca: file(tls.caFile),
        cert: file(tls.certFile),
        key: file(tls.keyFile),
        ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
      }),
    },
    maxResponseSize: MAX_RESPONSE_BYTES,
  });

  return {
    name,
    async request({ method, path, query, body, headers, signal }) {
      const url = new URL(`${name}${path}`);
      for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
      const timeout = AbortSignal.timeout(endpoint.timeoutSeconds * 1000);
      try {
        const response = await request(url, {
          method,
          dispatcher,
          headers: { ...endpoint.headers, ...headers, ...authorization(endpoint) },
          ...(body === undefined ? {} : { body }),
          signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        });
        return {
          status: response.statusCode,
          text: await response.body.text(),
          retryAfterMs: retryAfter(response.headers['retry-after']),
        };
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        throw new HttpFailure(name, error);
      }
    },
    close: () => dispatcher.close(),
  };
}

function authorization({ bearer, basic }: Endpoint): Record<string, string> {
  if (bearer) return { authorization: `Bearer ${resolveSecret(bearer)}` };
  if (!basic) return {};
  const credentials = Buffer.from(`${basic.username}:${resolveSecret(basic.password)}`).toString('base64');
  return { authorization: `Basic ${credentials}` };
}

/** `Retry-After` in seconds or as a date; undefined if it is neither. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
