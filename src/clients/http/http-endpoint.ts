import { readFileSync } from 'node:fs';
import { Agent, buildConnector, request } from 'undici';
import type { Endpoint } from '../../config/schema.ts';
import { resolveSecret } from '../../config/secret.ts';
import { HttpFailure } from './http-failure.ts';
import { retryAfterMs } from './retry-after.ts';
import { traceExchange } from './trace-exchange.ts';

/** Connections to one server. Under a storm requests queue here, inside their own time limit, not in its backlog. */
const MAX_CONNECTIONS = 32;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Appended to the path of the endpoint's URL; empty for exactly that URL. */
  readonly path: string;
  /** Added to the query of the endpoint's URL; a list is a key that stands several times. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborting rejects the request with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** What `Retry-After` asks for, in milliseconds, within reason. */
  readonly retryAfterMs: number | undefined;
}

export interface HttpEndpoint {
  /** Scheme, host and port, for messages. No path: that of a chat webhook is a secret. */
  readonly name: string;
  /** @throws HttpFailure if there is no whole answer in time. Any status is an answer; redirects are not followed. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Lets requests in flight end. */
  close(): Promise<void>;
}

export interface HttpEndpointOptions {
  /** Answers beyond this many bytes are refused, so that memory stays flat. */
  readonly maxResponseBytes?: number;
}

/**
 * One HTTP server outside, reached with the authentication, TLS and time limit of its settings; connections are kept
 * and used again. The time limit is on the whole exchange, from connecting to the last byte.
 *
 * @throws Error if the TLS files cannot be read, or the URL holds credentials.
 */
export function createHttpEndpoint(
  endpoint: Endpoint,
  { maxResponseBytes = 8 * 1024 * 1024 }: HttpEndpointOptions = {},
): HttpEndpoint {
  const base = new URL(endpoint.url);
  const name = base.origin;
  if (base.username !== '' || base.password !== '') {
    throw new Error(`the URL of ${name} holds credentials: name them in "basic" or "bearer" instead`);
  }
  const dispatcher = new Agent({
    connect: connector(endpoint),
    connections: MAX_CONNECTIONS,
    maxResponseSize: maxResponseBytes,
  });

  return {
    name,
    async request({ method, path, query, body, headers, signal }) {
      const timeout = AbortSignal.timeout(endpoint.timeoutSeconds * 1000);
      try {
        return await traceExchange({ name: spanName(method, path), method, origin: name, path }, async (trace) => {
          const response = await request(join(base, path, query), {
            method,
            dispatcher,
            headers: { ...trace, ...lowerCase(endpoint.headers), ...lowerCase(headers), ...authorization(endpoint) },
            ...(body === undefined ? {} : { body }),
            signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
          });
          const text = await response.body.text();
          return {
            status: response.statusCode,
            headers: response.headers,
            text,
            retryAfterMs: retryAfterMs(response.headers['retry-after']),
          };
        });
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        throw new HttpFailure(name, error);
      }
    },
    close: () => dispatcher.close(),
  };
}

/** Reads the TLS files anew for each connection, because certificates are rotated; once at the start, to fail early. */
function connector({ tls, timeoutSeconds }: Endpoint): buildConnector.connector {
  const file = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
  const build = () =>
    buildConnector({
      timeout: timeoutSeconds * 1000,
      ...(tls && {
        ca: file(tls.caFile),
        cert: file(tls.certFile),
        key: file(tls.keyFile),
      }),
    });
  const first = build();
  if (tls === undefined) return first;
  return (options, callback) => {
    let connect: buildConnector.connector;
    try {
      connect = build();
    } catch (error) {
      callback(error instanceof Error ? error : new Error('TLS files cannot be read'), null);
      return;
    }
    connect(tls.serverName === undefined ? options : { ...options, servername: tls.serverName }, callback);
  };
}

function join(base: URL, path: string, query: HttpRequest['query'] = {}): URL {
  const url = new URL(base);
  if (path !== '') url.pathname = base.pathname.replace(/\/+$/, '') + path;
  for (const [key, value] of Object.entries(query)) {
    url.searchParams.delete(key);
    for (const one of typeof value === 'string' ? [value] : value) url.searchParams.append(key, one);
  }
  return url;
}

/** Without the IDs of single things, so that there are few names. */
function spanName(method: string, path: string): string {
  return `${method} ${path.replaceAll(/\/[0-9a-f-]{16,}(?=\/|$)/gi, '/{id}')}`.trim();
}

function authorization({ bearer, basic }: Endpoint): Record<string, string> {
  if (bearer) return { authorization: `Bearer ${resolveSecret(bearer)}` };
  if (!basic) return {};
  const credentials = Buffer.from(`${basic.username}:${resolveSecret(basic.password)}`).toString('base64');
  return { authorization: `Basic ${credentials}` };
}

/** One spelling for each header, so that a later one replaces an earlier one. */
function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
}
